// Fields of messages to send, and received messages.
#include "errors.hpp"
#include "handles.hpp"

#include <new>
#include <string>

namespace {

using telex::c::fail;
using telex::c::fail_null;
using telex::c::guarded;
using telex::c::handle_of;
using telex::c::message_of;

// Works on telex::PublishOptions and telex::Message, whose members have the same names.
template <class Fields>
auto* field_of(Fields& fields, int field) {
    switch (field) {
        case TELEX_REPLY_TO:
            return &fields.reply_to;
        case TELEX_ID:
            return &fields.id;
        case TELEX_CONTENT_TYPE:
            return &fields.content_type;
        case TELEX_TYPE:
            return &fields.type;
    }
    return static_cast<decltype(&fields.id)>(nullptr);
}

const telex::Header* header_at(const telex_message* message, size_t index) {
    return message == nullptr || index >= message_of(message).headers.size()
               ? nullptr
               : &message_of(message).headers[index];
}

}  // namespace

telex_fields* telex_fields_new(void) {
    return new (std::nothrow) telex_fields;
}

void telex_fields_free(telex_fields* fields) {
    delete fields;
}

int telex_fields_set(telex_fields* fields, int field, const char* value) {
    if (fields == nullptr || value == nullptr) {
        return fail_null(fields == nullptr ? "fields" : "value");
    }
    return guarded([&]() -> int {
        std::string* const target = field_of(fields->fields, field);
        if (target == nullptr) {
            return fail(TELEX_INVALID_ARGUMENT, "unknown field " + std::to_string(field));
        }
        *target = value;
        return TELEX_OK;
    });
}

int telex_fields_add_header(telex_fields* fields, const char* name, const char* value) {
    if (fields == nullptr || name == nullptr || value == nullptr) {
        return fail_null(fields == nullptr ? "fields" : name == nullptr ? "name" : "value");
    }
    return guarded([&] {
        fields->fields.headers.push_back({name, value});
        return TELEX_OK;
    });
}

const char* telex_message_subject(const telex_message* message) {
    return message == nullptr ? "" : message_of(message).subject.c_str();
}

const void* telex_message_payload(const telex_message* message, size_t* size) {
    if (size != nullptr) {
        *size = message == nullptr ? 0 : message_of(message).payload.size();
    }
    return message == nullptr ? nullptr : message_of(message).payload.data();
}

const char* telex_message_field(const telex_message* message, int field) {
    const std::string* const value =
        message == nullptr ? nullptr : field_of(message_of(message), field);
    return value == nullptr ? "" : value->c_str();
}

int telex_message_wants_reply(const telex_message* message) {
    return message != nullptr && message_of(message).wants_reply() ? 1 : 0;
}

size_t telex_message_header_count(const telex_message* message) {
    return message == nullptr ? 0 : message_of(message).headers.size();
}

const char* telex_message_header_name(const telex_message* message, size_t index) {
    const telex::Header* const header = header_at(message, index);
    return header == nullptr ? nullptr : header->name.c_str();
}

const char* telex_message_header_value(const telex_message* message, size_t index) {
    const telex::Header* const header = header_at(message, index);
    return header == nullptr ? nullptr : header->value.c_str();
}

const char* telex_message_header(const telex_message* message, const char* name) {
    if (message == nullptr || name == nullptr) {
        return nullptr;
    }
    const std::string* const value = message_of(message).header(name);
    return value == nullptr ? nullptr : value->c_str();
}

telex_message* telex_message_copy(const telex_message* message) {
    telex_message* copy = nullptr;
    if (message != nullptr) {
        // The code says the same as a null result.
        (void)guarded([&] {
            copy = handle_of(new telex::Message(message_of(message)));
            return TELEX_OK;
        });
    }
    return copy;
}

void telex_message_free(telex_message* message) {
    delete reinterpret_cast<telex::Message*>(message);
}
