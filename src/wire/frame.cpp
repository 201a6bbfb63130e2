#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace starmap::wire {

namespace {

constexpr std::uint32_t frame_magic = 0x50415453; // "STAP" on a little-endian host
constexpr std::uint16_t protocol = 1;

std::uint32_t low_bits(std::size_t size) { return static_cast<std::uint32_t>(size & 0xffffffffU); }

} // namespace

Header unsealed(Kind kind, std::uint32_t job)
{
    return {.magic = frame_magic,
            .version = protocol,
            .kind = kind,
            .pad = 0,
            .job = job,
            .body_check = 0};
}

Bytes start_frame(Kind kind, std::uint32_t job)
{
    Bytes frame;
    frame.put(unsealed(kind, job));
    return frame;
}

void seal(Bytes& frame)
{
    frame.patch(offsetof(Header, body_check), low_bits(frame.size() - sizeof(Header)));
}

void seal(Parcel& parcel)
{
    parcel.head.patch(offsetof(Header, body_check), low_bits(parcel.size() - sizeof(Header)));
}

Header read_header(ByteReader& in)
{
    auto const header = in.get<Header>();
    if (header.magic != frame_magic || header.version != protocol)
        throw ProtocolError(fmt::format(
            "A message is not one of Starmap's protocol {} (it begins with {:#x}, version {}). All "
            "ranks must run the same program, on hosts of the same byte order.",
            protocol, header.magic, header.version));
    if (header.body_check != low_bits(in.left()))
        throw ProtocolError(fmt::format("A message of kind {} is cut off ({} bytes came).",
                                        static_cast<unsigned>(header.kind), in.left()));
    return header;
}

Bytes encode(Hello const& hello)
{
    auto frame = start_frame(Kind::hello);
    frame.put(hello.registry_digest);
    frame.put(hello.registry_size);
    frame.put(hello.cores);
    frame.put(hello.pid);
    frame.put_text(hello.version);
    frame.put_text(hello.host);
    frame.put_text(hello.node);
    frame.put_text(hello.program);
    seal(frame);
    return frame;
}

Hello read_hello(ByteReader& in)
{
    Hello hello;
    hello.registry_digest = in.get<std::uint64_t>();
    hello.registry_size = in.get<std::uint32_t>();
    hello.cores = in.get<std::uint32_t>();
    hello.pid = in.get<std::int64_t>();
    hello.version = in.get_text();
    hello.host = in.get_text();
    hello.node = in.get_text();
    hello.program = in.get_text();
    return hello;
}

Bytes encode(Welcome const& welcome)
{
    auto frame = start_frame(Kind::welcome);
    frame.put(welcome);
    seal(frame);
    return frame;
}

Welcome read_welcome(ByteReader& in) { return in.get<Welcome>(); }

Bytes encode(Deadline const& deadline, std::uint32_t job)
{
    auto frame = start_frame(Kind::deadline, job);
    frame.put(deadline);
    seal(frame);
    return frame;
}

Deadline read_deadline(ByteReader& in) { return in.get<Deadline>(); }

Bytes encode_log(bool warning, std::string_view text)
{
    auto frame = start_frame(Kind::log);
    frame.put(warning);
    frame.put_text(text);
    seal(frame);
    return frame;
}

LogLine read_log(ByteReader& in)
{
    auto const warning = in.get<std::uint8_t>() != 0;
    return {warning, in.get_text()};
}

Bytes encode_text(Kind kind, std::string_view text)
{
    auto frame = start_frame(kind);
    frame.put_text(text);
    seal(frame);
    return frame;
}

Bytes encode_recall(std::uint32_t job, std::uint64_t chunk)
{
    auto frame = start_frame(Kind::recall, job);
    frame.put(chunk);
    seal(frame);
    return frame;
}

Bytes encode_plain(Kind kind, std::uint32_t job) { return start_frame(kind, job); }

Bytes encode_lost(std::uint32_t peer)
{
    auto frame = start_frame(Kind::lost);
    frame.put(peer);
    seal(frame);
    return frame;
}

std::uint32_t read_lost(ByteReader& in) { return in.get<std::uint32_t>(); }

Bytes encode_stop(int exit_code, std::uint64_t openings, bool alone)
{
    auto frame = start_frame(Kind::stop);
    frame.put(std::int32_t{exit_code});
    frame.put(openings);
    frame.put(alone);
    seal(frame);
    return frame;
}

Stop read_stop(ByteReader& in)
{
    Stop stop;
    stop.exit_code = in.get<std::int32_t>();
    stop.openings = in.get<std::uint64_t>();
    stop.alone = in.get<std::uint8_t>() != 0;
    return stop;
}

} // namespace starmap::wire
