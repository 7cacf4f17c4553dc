#!/usr/bin/env bash
# Opens the page on which a return is checked before it is sent; a double click is enough.
# The first time it sets everything up, for which it needs the network once.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
if [ ! -e .venv/.ready ]; then
  echo "Lần đầu: đang cài đặt, mất vài phút… (first time: setting up)"
  make .venv/.ready
fi
echo "Đang mở trang kiểm tra. Để dừng: đóng cửa sổ này. (Close this window to stop.)"
exec .venv/bin/kgstats desk "$@"
