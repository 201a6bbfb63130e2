/// Frames as a worker and as rank 0 read them. The input is a row of frames, each behind its length
/// in two bytes; its header is set right, so that the bodies are reached. Openings and chunks are
/// run by the executor that every worker has.
#include "execution/inline_executor.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/call_arguments.hpp>
#include <starmap/detail/kernel.hpp>
#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>
#include <starmap/node_array.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace starmap;
using detail::ByteReader;
using detail::Bytes;

using Words = std::map<std::string, std::vector<double>>;

struct Weigh {
    Words operator()(std::pair<std::string, long> const& item, NodeArray<double> const& table,
                     Monitor& monitor) const
    {
        auto const random = monitor.seed(0) ^ monitor.task_no();
        auto const weight = monitor.weight();
        return {{item.first, {table.empty() ? weight : table[random % table.size()]}}};
    }
};
struct Sum {
    double operator()(std::span<double const> items, Monitor& monitor) const
    {
        double sum = 0;
        for (std::size_t i = 0; i < items.size(); ++i)
            sum += items[i] + static_cast<double>(monitor.seed(i));
        return sum;
    }
};
struct Call {
    long operator()(long a, std::set<long> const& b, Monitor& monitor) const
    {
        return a ^ static_cast<long>(b.size() ^ monitor.seed(a != 0));
    }
};
struct Join {
    Words operator()(Words left, Words const& right) const
    {
        left.insert(right.begin(), right.end());
        return left;
    }
};

/// They are entered in the registry by being named: three task types and an operation.
void name_kernels()
{
    using namespace detail;
    using Arguments = ArgumentTuple<long, std::set<long>>;
    registration_of<MapKernel<Weigh, std::pair<std::string, long>, NodeArray<double>>>.index();
    registration_of<CallKernel<Sum, ItemBlock<double>>>.index();
    registration_of<CallKernel<Call, Arguments>>.index();
    combiner_registration<Combiner<Words, Join>>.index();
}

/// The manager's side of the line: reads what the executor sends.
class Manager final : public execution::ExecutorHost {
public:
    bool interrupted(std::uint32_t) override { return false; }
    void send(std::vector<wire::Parcel> frames) override
    {
        for (auto& parcel : frames) {
            auto const frame = std::move(parcel).joined();
            ByteReader in(frame.view());
            // What the executor itself makes of hostile chunks is in order.
            if (wire::read_header(in).kind == wire::Kind::result) wire::read_result(in);
        }
    }
};

void read_as_manager(wire::Kind kind, ByteReader in)
{
    switch (kind) {
    case wire::Kind::hello: wire::read_hello(in); return;
    case wire::Kind::died: wire::read_death(in); return;
    case wire::Kind::log: wire::read_log(in); return;
    case wire::Kind::fault: in.get_text(); return;
    case wire::Kind::result: {
        auto const result = wire::read_result(in);
        std::uint64_t end = 0;
        for (auto const& failure : result.failures) {
            if (failure.position < end || failure.count > result.head.done) std::abort();
            end = failure.position + failure.count;
        }
        if (end > result.head.done) std::abort();
        ByteReader values(result.payload);
        std::vector<Words> words;
        detail::decode(values, words);
        return;
    }
    default: return;
    }
}

void read_as_worker(wire::Header const& header, Bytes frame, execution::InlineExecutor& executor)
{
    ByteReader in(frame.view());
    wire::read_header(in);
    switch (header.kind) {
    case wire::Kind::welcome: wire::read_welcome(in); return;
    case wire::Kind::deadline: wire::read_deadline(in); return;
    case wire::Kind::stop: wire::read_stop(in); return;
    case wire::Kind::recall: in.get<std::uint64_t>(); return;
    case wire::Kind::close: executor.close(header.job); return;
    case wire::Kind::open: {
        auto const open = wire::read_open(in);
        wire::read_open_body(open, in, nullptr);
        executor.open(header.job, std::move(frame));
        return;
    }
    case wire::Kind::chunk: {
        // A thousand units that fail are nothing new, and take their time.
        auto peek = in;
        auto const units = peek.get<wire::ChunkHead>().units;
        if (units < 16 || units > 2048) executor.run(header.job, in, 0);
        return;
    }
    default: return;
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    name_kernels();
    detail::freeze_registry();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    Manager manager;
    execution::InlineExecutor executor({.seed = 42}, manager);
    std::span<std::byte const> rest(reinterpret_cast<std::byte const*>(data), size);
    while (rest.size() > 2) {
        std::uint16_t length = 0;
        std::memcpy(&length, rest.data(), sizeof length);
        auto const bytes = rest.subspan(2, std::min<std::size_t>(length, rest.size() - 2));
        rest = rest.subspan(2 + bytes.size());
        try {
            ByteReader raw(bytes);
            auto const kind = static_cast<wire::Kind>(raw.get<std::uint8_t>() % 18);
            auto const job = raw.get<std::uint8_t>() % 4U;
            auto frame = wire::start_frame(kind, job);
            frame.append(raw.view().data(), raw.left());
            wire::seal(frame);
            ByteReader in(frame.view());
            auto const header = wire::read_header(in);
            read_as_manager(header.kind, in);
            read_as_worker(header, std::move(frame), executor);
        } catch (ProtocolError const&) { // what is to come of most
        }
    }
    try {
        ByteReader in(std::span(reinterpret_cast<std::byte const*>(data), size));
        wire::read_header(in);
    } catch (ProtocolError const&) {
    }
    return 0;
}
