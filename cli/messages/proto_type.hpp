#pragma once
// A protobuf message type that is loaded at run time: from a .proto file, or one of the built-in
// types (telex.v1.* and protobuf's well-known types). Converts payloads to protobuf's JSON mapping
// and back.
#include "base/bytes.hpp"
#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace telex::cli {

struct ProtoSource {
    std::string file;                // empty: the built-in types
    std::vector<std::string> paths;  // of imports, besides the file's own folder
    std::string type;                // full name: "billing.v1.Charge"
};

// Move-only; used by one thread at a time.
class ProtoType {
public:
    // The error has one line per mistake: "file:line:column: text".
    [[nodiscard]] static Result<ProtoType, std::string> load(const ProtoSource& source);

    ProtoType(ProtoType&&) noexcept;
    ProtoType& operator=(ProtoType&&) noexcept;
    ~ProtoType();

    const std::string& name() const;

    // One line.
    [[nodiscard]] Result<std::string, std::string> to_json(ByteView payload) const;
    [[nodiscard]] Result<std::string, std::string> from_json(std::string_view json) const;

private:
    struct Parts;
    explicit ProtoType(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace telex::cli
