"""What every request passes: size limit, security headers, access log. Plain ASGI, so streams stay streams."""
