#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
exec bash -eux "$SRC/arena-pool/fuzz/engines/oss-fuzz/build.sh"
