#pragma once
// The names of all framing option values, for configuration, tool and documentation.
#include "codec/framing.hpp"

#include <array>
#include <string_view>

namespace telex::codec {

template <class E>
struct NamedValue {
    std::string_view name;
    E value;
};

inline constexpr std::array kFramingKindNames = {
    NamedValue<FramingKind>{"length", FramingKind::length},
    NamedValue<FramingKind>{"delimiter", FramingKind::delimiter},
    NamedValue<FramingKind>{"fixed", FramingKind::fixed},
    NamedValue<FramingKind>{"stuffed", FramingKind::stuffed},
    NamedValue<FramingKind>{"syslog", FramingKind::syslog},
    NamedValue<FramingKind>{"headers", FramingKind::headers},
    NamedValue<FramingKind>{"value", FramingKind::value},
    NamedValue<FramingKind>{"idle", FramingKind::idle},
    NamedValue<FramingKind>{"datagram", FramingKind::datagram},
};

inline constexpr std::array kLengthEncodingNames = {
    NamedValue<LengthEncoding>{"binary", LengthEncoding::binary},
    NamedValue<LengthEncoding>{"leb128", LengthEncoding::leb128},
    NamedValue<LengthEncoding>{"decimal", LengthEncoding::decimal},
    NamedValue<LengthEncoding>{"hex", LengthEncoding::hex},
    NamedValue<LengthEncoding>{"bcd", LengthEncoding::bcd},
    NamedValue<LengthEncoding>{"ber", LengthEncoding::ber},
};

inline constexpr std::array kByteOrderNames = {
    NamedValue<ByteOrder>{"big", ByteOrder::big},
    NamedValue<ByteOrder>{"little", ByteOrder::little},
};

inline constexpr std::array kLengthCountsNames = {
    NamedValue<LengthCounts>{"body", LengthCounts::body},
    NamedValue<LengthCounts>{"from_field", LengthCounts::from_field},
    NamedValue<LengthCounts>{"frame", LengthCounts::frame},
};

inline constexpr std::array kContinuationNames = {
    NamedValue<Continuation>{"none", Continuation::none},
    NamedValue<Continuation>{"last", Continuation::last},
    NamedValue<Continuation>{"more", Continuation::more},
    NamedValue<Continuation>{"full", Continuation::full},
};

inline constexpr std::array kAtEofNames = {
    NamedValue<AtEof>{"emit", AtEof::emit},
    NamedValue<AtEof>{"drop", AtEof::drop},
    NamedValue<AtEof>{"error", AtEof::error},
};

inline constexpr std::array kEmptyFramesNames = {
    NamedValue<EmptyFrames>{"deliver", EmptyFrames::deliver},
    NamedValue<EmptyFrames>{"ignore", EmptyFrames::ignore},
    NamedValue<EmptyFrames>{"error", EmptyFrames::error},
};

inline constexpr std::array kOversizeNames = {
    NamedValue<Oversize>{"close", Oversize::close},
    NamedValue<Oversize>{"discard", Oversize::discard},
};

inline constexpr std::array kStuffingNames = {
    NamedValue<Stuffing>{"cobs", Stuffing::cobs},
    NamedValue<Stuffing>{"slip", Stuffing::slip},
    NamedValue<Stuffing>{"hdlc", Stuffing::hdlc},
    NamedValue<Stuffing>{"dot", Stuffing::dot},
    NamedValue<Stuffing>{"dle", Stuffing::dle},
};

inline constexpr std::array kChecksumNames = {
    NamedValue<Checksum>{"none", Checksum::none},
    NamedValue<Checksum>{"fcs16", Checksum::fcs16},
};

inline constexpr std::array kDamagedNames = {
    NamedValue<Damaged>{"close", Damaged::close},
    NamedValue<Damaged>{"discard", Damaged::discard},
};

inline constexpr std::array kSyslogWriteNames = {
    NamedValue<SyslogWrite>{"counted", SyslogWrite::counted},
    NamedValue<SyslogWrite>{"lines", SyslogWrite::lines},
};

inline constexpr std::array kFirstLineNames = {
    NamedValue<FirstLine>{"either", FirstLine::either},
    NamedValue<FirstLine>{"header", FirstLine::header},
    NamedValue<FirstLine>{"start", FirstLine::start},
};

inline constexpr std::array kValueFormatNames = {
    NamedValue<ValueFormat>{"json", ValueFormat::json},
    NamedValue<ValueFormat>{"msgpack", ValueFormat::msgpack},
    NamedValue<ValueFormat>{"cbor", ValueFormat::cbor},
    NamedValue<ValueFormat>{"resp", ValueFormat::resp},
};

inline constexpr std::array kWithoutLengthNames = {
    NamedValue<WithoutLength>{"empty", WithoutLength::empty},
    NamedValue<WithoutLength>{"error", WithoutLength::error},
    NamedValue<WithoutLength>{"trailer", WithoutLength::trailer},
    NamedValue<WithoutLength>{"close", WithoutLength::close},
};

}  // namespace telex::codec
