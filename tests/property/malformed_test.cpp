// SPDX-License-Identifier: Apache-2.0
// What is no input at all must be said to be malformed, and leave no trace.
#include "run.hpp"

#include <gtest/gtest.h>
