// SPDX-License-Identifier: Apache-2.0
#include "rest.hpp"

using oms::rest::Rest;
OMS_PLUGIN(Rest);
