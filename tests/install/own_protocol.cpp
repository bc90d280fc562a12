// A program that compiles the installed .proto files into itself and uses libtelex beside them: the
// two must not meet in protobuf's registry, which would end the process before main().
#include "telex/v1/telex.pb.h"
#include <telex/telex.hpp>

#include <iostream>

int main() {
    telex::v1::Frame frame;
    frame.mutable_message()->set_subject("a");
    telex::ClientOptions options;
    options.servers = {"unix:///nonexistent/telex.sock"};
    const auto client = telex::Client::connect(options);
    std::cout << frame.ByteSizeLong() << ' ' << telex::name_of(client.error().code) << '\n';
    return client ? 1 : 0;
}
