#include "tls/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace telex::tls {

namespace {

int descriptor_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool may_be_tried_again(int error) {
    return error == EAGAIN || error == EINTR;
}

int write_bytes(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent =
        ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && may_be_tried_again(errno)) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

int read_bytes(BIO* bio, char* buffer, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(descriptor_of(bio), buffer, static_cast<std::size_t>(size), 0);
    if (got < 0 && may_be_tried_again(errno)) {
        BIO_set_retry_read(bio);
    } else if (got == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    }
    return static_cast<int>(got);
}

long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
    switch (command) {
        case BIO_CTRL_FLUSH:
            return 1;
        case BIO_CTRL_EOF:
            return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
        default:
            return 0;
    }
}

// Created once and kept until exit: its BIOs may live in any thread.
const BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
        BIO_METHOD* fresh = BIO_meth_new(
            BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "telex socket"
        );
        if (fresh != nullptr) {
            BIO_meth_set_write(fresh, write_bytes);
            BIO_meth_set_read(fresh, read_bytes);
            BIO_meth_set_ctrl(fresh, control);
        }
        return fresh;
    }();
    return made;
}

}  // namespace

BIO* make_socket_bio(int fd) {
    BIO* bio = method() == nullptr ? nullptr : BIO_new(method());
    if (bio != nullptr) {
        BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
        BIO_set_init(bio, 1);
    }
    return bio;
}

}  // namespace telex::tls
