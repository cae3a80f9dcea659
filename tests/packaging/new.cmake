# SPDX-License-Identifier: Apache-2.0
# Has OMS write a new plugin of KIND into FOLDER.
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(COMMAND ${OMS} plugin new my_${KIND} --kind ${KIND}
                WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
