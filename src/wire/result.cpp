// The frames that bring results; the others are in frame.cpp.
#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace starmap::wire {

namespace {

// A part is copied into its place as it comes: small enough to lie in a cache still, and not so
// many that the messages that announce them weigh on rank 0. Behind a process of tasks each part
// wakes three processes up: on busy cores results of 100 MB came at half the speed in parts of 1
// MiB instead of 2, and at a quarter in parts of 256 KiB.
constexpr std::size_t smallest_part = std::size_t{256} << 10;
constexpr std::size_t largest_part = std::size_t{2} << 20;
constexpr std::size_t most_parts = 32;

void put(Bytes& frame, detail::UnitFailure const& failure)
{
    frame.put(failure.position);
    frame.put(failure.count);
    frame.put(failure.status);
    frame.put(std::int32_t{failure.exit_code});
    frame.put(failure.weight);
    frame.put(failure.item);
    frame.put(failure.task_no);
    frame.put_text(failure.type);
    frame.put_text(failure.text);
    frame.put_text(failure.more);
}

detail::UnitFailure read_failure(ByteReader& in)
{
    detail::UnitFailure failure;
    failure.position = in.get<std::uint64_t>();
    failure.count = in.get<std::uint32_t>();
    failure.status = in.get<TaskStatus>();
    failure.exit_code = in.get<std::int32_t>();
    failure.weight = in.get<double>();
    failure.item = in.get<std::uint64_t>();
    failure.task_no = in.get<std::uint64_t>();
    failure.type = in.get_text();
    failure.text = in.get_text();
    failure.more = in.get_text();
    return failure;
}

void put(Bytes& frame, OperationRecord const& operation)
{
    frame.put_text(operation.operation);
    frame.put(operation.seconds);
    frame.put(operation.memory_mb);
    frame.put(operation.counts);
    frame.put(operation.task_no);
}

/// What a process may send whose memory a task has spoilt must not reach the books: each number is
/// held to the others.
void check(Result const& result)
{
    auto const refuse = [](char const* what) {
        throw ProtocolError(fmt::format("A result makes no sense ({}). The memory of the process "
                                        "that sent it may have been overwritten.",
                                        what));
    };
    auto const& head = result.head;
    for (auto const figure : {head.weight, head.seconds})
        if (!(figure >= 0 && figure <= std::numeric_limits<double>::max())) refuse("its figures");
    std::uint64_t end = 0;
    for (auto const& failure : result.failures) {
        if (failure.position < end || failure.position > head.done ||
            failure.count > head.done - failure.position)
            refuse("the positions that failed");
        end = failure.position + failure.count;
    }
    for (auto const& told : result.told)
        if (told.position >= head.done) refuse("the positions that were told of");
    for (auto const& use : result.uses)
        if (use.row >= head.rows ||
            !(use.cpu >= 0 && use.cpu <= std::numeric_limits<double>::max()))
            refuse("what was used");
    end = 0;
    for (auto const& growth : result.growths) {
        if (growth.position < end || growth.position >= head.done) refuse("who submits tasks");
        end = growth.position + 1;
    }
}

} // namespace

Bytes encode_result(std::uint32_t job, std::uint64_t chunk, detail::ChunkRun& run, bool last,
                    double cpu, std::uint64_t peak_rss, double run_clock, std::uint64_t ahead)
{
    auto frame = run.take_out();
    auto const payload = frame.size() - detail::ChunkRun::frame_room;
    frame.append(run.rows().data(), run.rows().size_bytes());
    for (auto const& failure : run.failures()) put(frame, failure);
    for (auto const& told : run.told()) put(frame, told);
    for (auto const& operation : run.operations()) put(frame, operation);
    frame.append(run.uses().data(), run.uses().size_bytes());
    frame.append(run.growths().data(), run.growths().size_bytes());
    frame.append(run.grown().data(), run.grown().size());
    frame.patch(0, unsealed(Kind::result, job));
    frame.patch(sizeof(Header),
                ResultHead{.chunk = chunk,
                           .done = run.done(),
                           .rows = static_cast<std::uint32_t>(run.rows().size()),
                           .failures = static_cast<std::uint32_t>(run.failures().size()),
                           .operations = static_cast<std::uint32_t>(run.operations().size()),
                           .weight = run.weight_done(),
                           .seconds = run.seconds(),
                           .cpu = cpu,
                           .peak_rss = peak_rss,
                           .run_clock = run_clock,
                           .payload = payload,
                           .last = last ? 1U : 0U,
                           .told = static_cast<std::uint32_t>(run.told().size()),
                           .ahead = ahead,
                           .growths = static_cast<std::uint32_t>(run.growths().size()),
                           .uses = static_cast<std::uint32_t>(run.uses().size()),
                           .grown = run.grown().size()});
    seal(frame);
    return frame;
}

std::vector<Parcel> encode_parts(std::uint32_t job, std::uint64_t chunk,
                                 detail::ChunkRun::Attached const& value)
{
    auto const total = value.bytes.size();
    auto const wanted = std::clamp(total / most_parts, smallest_part, largest_part);
    auto const size = std::max(wanted / value.element, std::size_t{1}) * value.element;
    std::vector<Parcel> parts;
    for (std::size_t at = 0; at < total; at += size) {
        auto head = start_frame(Kind::part, job);
        head.put(PartHead{.chunk = chunk, .total = total});
        auto& part = parts.emplace_back(std::move(head));
        part.body = value.bytes.subspan(at, std::min(size, total - at));
        part.owner = value.owner;
        seal(part);
    }
    return parts;
}

Result read_result(ByteReader& in)
{
    Result result;
    result.head = in.get<ResultHead>();
    result.payload = in.take(result.head.payload);
    auto const raw = in.take(std::size_t{result.head.rows} * sizeof(detail::UnitRow));
    result.rows.resize(result.head.rows);
    if (!raw.empty()) __builtin_memcpy(result.rows.data(), raw.data(), raw.size());
    for (std::uint32_t i = 0; i < result.head.failures; ++i)
        result.failures.push_back(read_failure(in));
    for (std::uint32_t i = 0; i < result.head.told; ++i) result.told.push_back(read_failure(in));
    for (std::uint32_t i = 0; i < result.head.operations; ++i) {
        auto& operation = result.operations.emplace_back();
        operation.operation = in.get_text();
        operation.seconds = in.get<double>();
        operation.memory_mb = in.get<double>();
        operation.counts = in.get<std::int64_t>();
        operation.task_no = in.get<std::uint64_t>();
    }
    for (std::uint32_t i = 0; i < result.head.uses; ++i)
        result.uses.push_back(in.get<detail::UnitUse>());
    for (std::uint32_t i = 0; i < result.head.growths; ++i)
        result.growths.push_back(in.get<detail::Growth>());
    result.grown = in.take(result.head.grown);
    check(result);
    return result;
}

} // namespace starmap::wire
