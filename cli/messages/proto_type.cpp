#include "cli/messages/proto_type.hpp"

#include "wire/quiet_protobuf.hpp"

#include <fmt/format.h>
#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <utility>

namespace telex::cli {

namespace pb = google::protobuf;

namespace {

constexpr std::size_t kMaxReportedErrors = 20;

}  // namespace

// Collects the errors of the compiler, whose lines and columns start at zero.
class ProtoErrors final : public pb::compiler::MultiFileErrorCollector {
public:
    void AddError(const std::string& file, int line, int column, const std::string& message)
        override {
        if (++count_ > kMaxReportedErrors) {
            return;
        }
        text_ += text_.empty() ? "" : "\n";
        text_ += line < 0 ? fmt::format("{}: {}", file, message)
                          : fmt::format("{}:{}:{}: {}", file, line + 1, column + 1, message);
    }

    const std::string& text() const { return text_; }

private:
    std::size_t count_ = 0;
    std::string text_;
};

// The order matters: each member uses those before it.
struct ProtoType::Parts {
    Parts()
        : built_in(*pb::DescriptorPool::generated_pool()),
          database(&tree, &built_in),
          pool(&database, database.GetValidationErrorCollector()),
          factory(&pool) {
        database.RecordErrorsTo(&errors);
        pool.EnforceWeakDependencies(true);
    }

    ProtoErrors errors;
    pb::compiler::DiskSourceTree tree;
    pb::DescriptorPoolDatabase built_in;
    pb::compiler::SourceTreeDescriptorDatabase database;
    pb::DescriptorPool pool;
    pb::DynamicMessageFactory factory;
    const pb::Message* prototype = nullptr;
};

namespace {

std::vector<std::string> messages_of(const pb::FileDescriptor& file) {
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(file.message_type_count()));
    for (int i = 0; i < file.message_type_count(); ++i) {
        names.push_back(file.message_type(i)->full_name());
    }
    return names;
}

// Returns the file's name for the compiler: relative to the path that contains it.
[[nodiscard]] Result<std::string, std::string> map_paths(
    pb::compiler::DiskSourceTree& tree, const ProtoSource& source
) {
    for (const std::string& path : source.paths) {
        tree.MapPath("", path);
    }
    const std::filesystem::path file(source.file);
    if (source.paths.empty()) {
        const std::filesystem::path folder = file.parent_path();
        tree.MapPath("", folder.empty() ? "." : folder.string());
        return file.filename().string();
    }
    std::string found;
    std::string shadowing;
    switch (tree.DiskFileToVirtualFile(source.file, &found, &shadowing)) {
        case pb::compiler::DiskSourceTree::SUCCESS:
            return found;
        case pb::compiler::DiskSourceTree::SHADOWED:
            return unexpected(fmt::format("{}: shadowed by {}", source.file, shadowing));
        case pb::compiler::DiskSourceTree::NO_MAPPING:
            break;
        case pb::compiler::DiskSourceTree::CANNOT_OPEN:
            return unexpected(fmt::format("{}: cannot be read", source.file));
    }
    // Not below any given path: the file's own folder is searched last.
    const std::filesystem::path folder = file.parent_path();
    tree.MapPath("", folder.empty() ? "." : folder.string());
    return file.filename().string();
}

// The library's text, without its category.
std::string reason(const pb::util::Status& status) {
    return std::string(status.message().data(), status.message().size());
}

}  // namespace

ProtoType::ProtoType(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ProtoType::ProtoType(ProtoType&&) noexcept = default;
ProtoType& ProtoType::operator=(ProtoType&&) noexcept = default;
ProtoType::~ProtoType() = default;

Result<ProtoType, std::string> ProtoType::load(const ProtoSource& source) {
    wire::quiet_protobuf();
    if (source.type.empty()) {
        return unexpected(std::string("--proto requires --type NAME, the message in the payloads"));
    }
    auto parts = std::make_unique<Parts>();
    const pb::Descriptor* descriptor = nullptr;
    if (source.file.empty()) {
        descriptor = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(source.type);
        if (descriptor == nullptr) {
            return unexpected(fmt::format(
                "'{}' is not a built-in type; name its file with --proto FILE", source.type
            ));
        }
    } else {
        const auto name = map_paths(parts->tree, source);
        if (!name) {
            return unexpected(name.error());
        }
        const pb::FileDescriptor* file = parts->pool.FindFileByName(*name);
        if (file == nullptr) {
            const std::string& text = parts->errors.text();
            return unexpected(text.empty() ? fmt::format("{}: cannot be read", source.file) : text);
        }
        descriptor = parts->pool.FindMessageTypeByName(source.type);
        if (descriptor == nullptr) {
            return unexpected(fmt::format(
                "{} does not define message '{}'; it defines {}",
                source.file,
                source.type,
                fmt::join(messages_of(*file), ", ")
            ));
        }
    }
    parts->prototype = parts->factory.GetPrototype(descriptor);
    return ProtoType(std::move(parts));
}

const std::string& ProtoType::name() const {
    return parts_->prototype->GetDescriptor()->full_name();
}

Result<std::string, std::string> ProtoType::to_json(ByteView payload) const {
    const std::unique_ptr<pb::Message> message(parts_->prototype->New());
    if (payload.size() > std::size_t{1} << 30U ||
        !message->ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
        return unexpected(fmt::format("not a valid {}", name()));
    }
    std::string json;
    const auto status = pb::util::MessageToJsonString(*message, &json);
    if (!status.ok()) {
        return unexpected(fmt::format("{} has no JSON form: {}", name(), reason(status)));
    }
    return json;
}

Result<std::string, std::string> ProtoType::from_json(std::string_view json) const {
    const std::unique_ptr<pb::Message> message(parts_->prototype->New());
    const auto status =
        pb::util::JsonStringToMessage(pb::StringPiece(json.data(), json.size()), message.get());
    if (!status.ok()) {
        return unexpected(fmt::format("not the JSON form of {}: {}", name(), reason(status)));
    }
    std::string payload;
    if (!message->SerializeToString(&payload)) {
        return unexpected(fmt::format("{}: a required field is missing", name()));
    }
    return payload;
}

}  // namespace telex::cli
