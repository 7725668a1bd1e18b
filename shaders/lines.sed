# SPDX-License-Identifier: MIT
# Turns every line of a shader into a C string with its newline, and a comma: see src/peer/shaders.h.
s/\\/\\\\/g
s/"/\\"/g
s/.*/"&\\n",/
