# SPDX-License-Identifier: Apache-2.0
# Installs BUILD into PREFIX, from nothing.
file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PREFIX}/bin/oms version COMMAND_ERROR_IS_FATAL ANY)
