#pragma once
// A BIO for sockets. OpenSSL's own writes with write(2), which raises SIGPIPE if the peer is gone:
// a library must not require its user to ignore that signal.
#include <openssl/bio.h>

namespace telex::tls {

// A BIO over a connected, non-blocking socket, owned by the caller. Returns null if memory is
// short.
BIO* make_socket_bio(int fd);

}  // namespace telex::tls
