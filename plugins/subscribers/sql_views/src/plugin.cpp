// SPDX-License-Identifier: Apache-2.0
#include "sql_views.hpp"

using oms::sql_views::SqlViews;
OMS_PLUGIN(SqlViews);
