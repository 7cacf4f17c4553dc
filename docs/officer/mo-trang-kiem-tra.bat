@echo off
chcp 65001 >nul
rem Opens the page on which a return is checked before it is sent; a double click is enough.
rem The first time it sets everything up, for which it needs the network once.
cd /d "%~dp0..\.."
if exist ".venv\.ready" goto open
echo Lần đầu: đang cài đặt, mất vài phút... (first time: setting up)
py -3 -m venv .venv || goto failed
".venv\Scripts\python.exe" -m pip install --quiet --require-hashes -r requirements.lock || goto failed
".venv\Scripts\python.exe" -m pip install --quiet --no-build-isolation --no-deps --editable . || goto failed
type nul > ".venv\.ready"
:open
echo Đang mở trang kiểm tra. Để dừng: đóng cửa sổ này. (Close this window to stop.)
".venv\Scripts\kgstats.exe" desk %*
if errorlevel 1 goto failed
exit /b 0
:failed
echo Không mở được. Cần Python 3.11, 3.12 hoặc 3.13 và kết nối mạng ở lần đầu. (Python 3.11 to 3.13 is needed.)
pause
exit /b 1
