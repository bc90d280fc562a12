// A program that compiles the installed .proto files and also uses libtelex: a conflict in
// protobuf's registry would abort the process before main().
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
