#pragma once
// OpenSSL's way to a socket. Its own BIO writes with write(2), which raises SIGPIPE when the peer
// is gone: a library must not ask the programs that use it to ignore that signal.
#include <openssl/bio.h>

namespace telex::tls {

// A BIO over a connected, non-blocking socket, which stays the caller's. Null without memory.
BIO* make_socket_bio(int fd);

}  // namespace telex::tls
