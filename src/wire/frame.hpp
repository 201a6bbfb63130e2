#pragma once

#include "wire/parcel.hpp"
#include "wire/relay_tree.hpp"

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/chunk_run.hpp>
#include <starmap/detail/segment.hpp>
#include <starmap/task_record.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The messages between manager and workers. A frame is a header and a body; both ends run the
/// same build on like hosts, so numbers travel as they lie in memory. The header's first fields
/// tell a foreign or mixed-up peer before anything else is read.
namespace starmap::wire {

using detail::ByteReader;
using detail::Bytes;

enum class Kind : std::uint8_t {
    hello,    ///< worker -> manager: who I am
    welcome,  ///< manager -> worker: your number and the session
    open,     ///< to a worker, also from another one: a job, its callable and shared arguments
    chunk,    ///< manager -> worker: units to run
    cancel,   ///< manager -> worker: let go of this job's chunks
    close,    ///< manager -> worker: the job is over, free it
    stop,     ///< manager -> worker: the session is over
    lacking,  ///< worker -> manager: I cannot reach the shared memory of this job, send me all
    result,   ///< worker -> manager: what became of (part of) a chunk
    log,      ///< worker -> manager: a line for the log
    fault,    ///< worker -> manager: I cannot go on, and why
    goodbye,  ///< worker -> manager: I have stopped; the last frame
    part,     ///< worker -> manager: a part of the large value that the next result ends with
    recall,   ///< manager -> worker: give back what has not begun of a chunk
    deadline, ///< manager -> worker: when tasks are to have ended; with a job, those of this one
    lost,     ///< manager -> worker: another rank is gone, nothing more goes to it
    died,     ///< keeper of a worker -> manager: the worker died in a chunk; it has another one now
};

struct Header {
    std::uint32_t magic = 0;
    std::uint16_t version = 0;
    Kind kind = Kind::hello;
    std::uint8_t pad = 0;
    std::uint32_t job = 0;
    std::uint32_t body_check = 0; ///< low 32 bits of the body's length
};

/// A header whose frame is not complete yet.
Header unsealed(Kind kind, std::uint32_t job);
/// A frame with its header written; the body is appended to it, then seal() is called.
Bytes start_frame(Kind kind, std::uint32_t job = 0);
void seal(Bytes& frame);
void seal(Parcel& parcel);
/// Reads a header. Throws ProtocolError if it is not one of ours, or the body is cut off.
Header read_header(ByteReader& in);

struct Hello {
    std::uint64_t registry_digest = 0;
    std::uint32_t registry_size = 0;
    std::uint32_t cores = 0;
    std::int64_t pid = 0;
    std::string version;
    std::string host;
    std::string node; ///< the same for those who can share memory
    std::string program;
};
struct Welcome {
    std::uint32_t worker = 0;
    std::uint32_t node = 0; ///< number of its node among those of the session
    std::uint64_t seed = 0;
    double run_start = 0; ///< seconds since 1970
    double soft_mem = 0;
    double hard_mem = 0;
};
struct Open {
    std::uint32_t starmap = 0;
    std::uint32_t kernel = 0;
    std::optional<std::uint32_t> combiner;
    detail::ResultMode mode = detail::ResultMode::values;
    bool stop_on_failure = true;
    double timeout = 0;        ///< seconds that a task may take; 0: any
    std::uint64_t max_rss = 0; ///< bytes that the process of a task may use; 0: any
    bool repeated = false; ///< sent by the manager, to one that may have got it by way of others
    std::vector<Destination> onward = {};             ///< to whom the receiver hands it on
    std::vector<detail::SegmentHandle> segments = {}; ///< that the state names
    // The callable's state and the shared arguments follow, at a multiple of 8 bytes; then the
    // bytes of those segments whose handles lead nowhere.
};
/// What follows an Open, taken apart.
struct OpenBody {
    Part state;
    std::vector<Part> segments; ///< empty where the handle tells where it is
};
struct Stop {
    std::int32_t exit_code = 0;
    std::uint64_t openings = 0;
    bool alone = false; ///< others may be gone: nothing more is handed on
};
struct Deadline {
    double at = 0;           ///< seconds since 1970; infinite for none
    std::uint64_t drain = 0; ///< from now on nothing is begun, no further item of a chunk either
};
struct ChunkHead {
    std::uint64_t chunk = 0;
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t units = 0;
    double seconds = 0;        ///< that it is predicted to take; infinite where nothing is known
    std::uint32_t levels = 63; ///< values are combined to nodes of at most this level
    std::uint32_t attempt = 1; ///< of its units, from 1
    std::uint32_t cores = 1;   ///< workers of the node that it takes
    std::uint32_t unused = 0;
    // The units follow, each behind its UnitHead.
};
struct ResultHead {
    std::uint64_t chunk = 0;
    std::uint32_t done = 0;
    std::uint32_t rows = 0;
    std::uint32_t failures = 0;
    std::uint32_t operations = 0;
    double weight = 0;
    double seconds = 0;
    double cpu = 0; ///< user + system seconds of this piece
    std::uint64_t peak_rss = 0;
    double run_clock = 0;      ///< to add to the worker's clock: seconds since the start of the run
    std::uint64_t payload = 0; ///< its bytes
    std::uint32_t last = 1;    ///< the worker lets go of the chunk
    std::uint32_t told = 0;    ///< tasks that returned, and said how they ended
    std::uint64_t ahead = 0;   ///< bytes that belong behind the payload, and came ahead in parts
    std::uint32_t growths = 0; ///< positions that have submitted tasks
    std::uint32_t uses = 0;    ///< rows of tasks that ran other processes
    std::uint64_t grown = 0;   ///< bytes of these tasks' items
    // The payload follows, then rows, failures, those told, operations, uses, growths and their
    // items.
};
static_assert(sizeof(Header) + sizeof(ResultHead) == detail::ChunkRun::frame_room);
struct PartHead {
    std::uint64_t chunk = 0;
    std::uint64_t total = 0; ///< bytes of all parts of this value
    // This part's bytes follow.
};
struct Result {
    ResultHead head;
    std::vector<detail::UnitRow> rows;
    std::vector<detail::UnitFailure> failures;
    std::vector<detail::UnitFailure> told;
    std::vector<detail::UnitUse> uses;
    std::vector<OperationRecord> operations;
    std::vector<detail::Growth> growths;
    std::span<std::byte const> payload; ///< lies in the frame that was read
    std::span<std::byte const> grown;   ///< likewise
    bool one_by_one = false; ///< the payload has a value for each item, encoded by itself
};
/// What became of a chunk whose worker died: one unit or item is to blame, the others of those that
/// were not reported yet go back, but for the first of them whose results outlived the process.
struct Death {
    std::uint64_t chunk = 0;
    std::uint32_t saved = 0;     ///< items whose results are there, from the first on
    std::uint32_t blameless = 0; ///< nothing is to blame
    double saved_start = 0;      ///< when they began; seconds since the start of the run
    double saved_seconds = 0;    ///< that they took
    std::span<std::byte const> results = {}; ///< theirs; lies in the frame that was read
    std::uint64_t position = 0;              ///< canonical, of what is to blame
    std::uint32_t count = 0; ///< positions that are lost with it; 0: it is not known which
    TaskStatus status = TaskStatus::crashed;
    std::int32_t exit_code = 0; ///< or minus the signal
    double start = 0;           ///< seconds since the start of the run
    double duration = 0;        ///< seconds
    std::uint64_t peak_rss = 0; ///< bytes, of the process that died
    std::string text;           ///< why, in words
};
struct LogLine {
    bool warning = false;
    std::string text;
};

Bytes encode(Hello const& hello);
Bytes encode(Welcome const& welcome);
Bytes encode(Open const& open, std::uint32_t job); ///< not sealed: the state is to follow
/// The whole frame; what is large is sent from where it lies. The body has a segment for each of
/// the Open's.
Parcel encode_opening(Open const& open, std::uint32_t job, OpenBody const& body);
/// Of all tasks, or of those of a job.
Bytes encode(Deadline const& deadline, std::uint32_t job = 0);
Bytes encode_log(bool warning, std::string_view text);
Bytes encode_text(Kind kind, std::string_view text);
/// What a run has done since its last piece, made a frame; its results leave the run. `ahead` are
/// the bytes that were sent in parts.
Bytes encode_result(std::uint32_t job, std::uint64_t chunk, detail::ChunkRun& run, bool last,
                    double cpu, std::uint64_t peak_rss, double run_clock, std::uint64_t ahead = 0);
/// The parts of a large value, in order; they share in its owner.
std::vector<Parcel> encode_parts(std::uint32_t job, std::uint64_t chunk,
                                 detail::ChunkRun::Attached const& value);
/// `openings`: how many open frames the worker will have got by all ways before it may go.
Bytes encode_stop(int exit_code, std::uint64_t openings = 0, bool alone = false);
Bytes encode(Death const& death, std::uint32_t job);
Bytes encode_recall(std::uint32_t job, std::uint64_t chunk);
Bytes encode_lost(std::uint32_t peer);
/// A frame without a body: cancel and close.
Bytes encode_plain(Kind kind, std::uint32_t job);

Hello read_hello(ByteReader& in);
Welcome read_welcome(ByteReader& in);
Open read_open(ByteReader& in);
/// The rest of the frame that `owner` keeps. Throws ProtocolError if it is cut off.
OpenBody read_open_body(Open const& open, ByteReader& in, std::shared_ptr<void const> const& owner);
Stop read_stop(ByteReader& in);
Deadline read_deadline(ByteReader& in);
Result read_result(ByteReader& in);
LogLine read_log(ByteReader& in);
Death read_death(ByteReader& in);
std::uint32_t read_lost(ByteReader& in);

} // namespace starmap::wire
