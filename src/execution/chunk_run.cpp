#include <starmap/detail/chunk_run.hpp>

#include "base/clock.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

namespace starmap::detail {

namespace {

// A finished task of a bundle may wait this long for the next one, then its result is sent.
constexpr double flush_after = 5e-3;
// Results of more bytes than this gain nothing by travelling together.
constexpr std::size_t flush_size = 64 * 1024;
constexpr double ask_every = 1e-3;
constexpr std::uint32_t longest_stride = 4096;

/// The failure of another place, reported as it is.
class Refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class T>
T element(std::span<std::byte const> raw, std::uint32_t i)
{
    T value;
    std::memcpy(&value, raw.data() + i * sizeof value, sizeof value);
    return value;
}

} // namespace

ChunkRun::ChunkRun(RunContext const& context, RunHost& host, std::uint64_t first,
                   std::uint32_t count, std::uint32_t units, ByteReader arguments, double arrival)
    : context_(context),
      host_(host),
      monitor_(*this),
      arguments_(arguments),
      first_(first),
      count_(count),
      units_(units),
      arrival_(arrival),
      last_flush_(base::now()),
      last_ask_(last_flush_)
{
    out_.resize(frame_room);
}

ByteReader ChunkRun::open_unit()
{
    opened_ = base::now();
    maybe_flush(opened_);
    if (auto* const place = context_.place) {
        place->count.store(units_ == 1 ? count_ : 1, std::memory_order_relaxed);
        place->opened.store(opened_, std::memory_order_relaxed);
        place->enter(first_ + done_);
    }
    unpacked_ = computed_ = opened_;
    indices_ = weights_ = {};
    item_ = 0;
    item_failed_ = false;
    unit_out_ = out_.size();
    unit_grown_ = grown_.size();
    unit_ = {}; // what is cut off is nobody's
    unit_ = arguments_.get<UnitHead>();
    if ((unit_.flags & unit_has_indices) != 0)
        indices_ = arguments_.take(unit_.items * sizeof(std::uint64_t));
    if ((unit_.flags & unit_has_weights) != 0)
        weights_ = arguments_.take(unit_.items * sizeof(double));
    auto const arguments = arguments_.take(unit_.length);
    if ((unit_.flags & unit_is_refused) != 0) {
        std::string text(reinterpret_cast<char const*>(arguments.data()), arguments.size());
        throw Refused(text.c_str()); // less the zeros that fill it up
    }
    return ByteReader(arguments);
}

void ChunkRun::unpacked()
{
    computed_ = unpacked_ = base::now();
    // From here on an item is lost alone.
    if (context_.place == nullptr || (unit_.flags & unit_is_map) == 0) return;
    context_.place->count.store(1, std::memory_order_relaxed);
    log_ = &context_.place->items;
    saved_ = 0;
    log_->begin(context_.place->chunk.load(), first_ + done_, unpacked_);
}

void ChunkRun::computed() { computed_ = base::now(); }

bool ChunkRun::fail_item()
{
    end_saving(); // the log holds results and no failures
    auto failure = describe_current();
    failure.position = done_ + item_;
    failure.weight = item_weight(item_);
    failure.item = item_index(item_);
    failure.task_no = failure.item + 1;
    take_told(failure, failure.position);
    failures_.push_back(std::move(failure));
    item_failed_ = true;
    return !context_.stop_on_failure;
}

void ChunkRun::close_unit(std::uint32_t positions, std::uint32_t done)
{
    auto const packed = base::now();
    if (done == 0 && positions == 0 && unit_.items != 0) return; // stopped before its first item
    auto weight = unit_.weight;
    if (done < unit_.items) {
        weight = 0;
        for (std::uint32_t i = 0; i < done; ++i) weight += item_weight(i);
    }
    auto const* const told = told_of_unit();
    rows_.push_back(
        {.task_no = unit_.task_no,
         .weight = weight,
         .start = unpacked_,
         .wait = std::max(0.0, opened_ - arrival_),
         .duration = computed_ - unpacked_,
         .unpack = unpacked_ - opened_,
         .pack = packed - computed_,
         .sent = unit_.length + sizeof(UnitHead) + indices_.size() + weights_.size(),
         .received = out_.size() - unit_out_ + attached_.bytes.size() + grown_.size() - unit_grown_,
         .items = done,
         .status = item_failed_      ? failures_.back().status
                   : told != nullptr ? told->status
                                     : TaskStatus::ok,
         .exit_code = static_cast<std::int16_t>(item_failed_      ? failures_.back().exit_code
                                                : told != nullptr ? told->exit_code
                                                                  : 0)});
    done_ += positions;
    seconds_ += packed - opened_;
    weight_done_ += weight;
}

bool ChunkRun::fail_unit(std::uint32_t positions)
{
    auto failure = describe_current();
    if ((unit_.flags & unit_is_map) == 0) take_told(failure, done_);
    add_failure(std::move(failure), positions);
    return !context_.stop_on_failure;
}

void ChunkRun::add_failure(UnitFailure failure, std::uint32_t positions)
{
    failure.position = done_;
    failure.count = positions;
    failure.weight = unit_.weight;
    failure.item = unit_.index;
    failure.task_no = unit_.task_no;
    // Items that failed by themselves are lost with their unit now: one failure tells it.
    std::erase_if(failures_, [&](auto const& f) { return f.position >= done_; });
    std::erase_if(told_, [&](auto const& t) { return t.position >= done_; });
    failures_.push_back(std::move(failure));
    std::erase_if(growths_, [&](auto const& g) { return g.position >= done_; });
    out_.resize(unit_out_);
    grown_.resize(unit_grown_);
    attached_ = {};
    if (computed_ == unpacked_) computed_ = base::now();
    item_failed_ = true;
    close_unit(positions, unit_.items);
}

void ChunkRun::refuse_all(TaskStatus status, std::string const& why)
{
    auto const per_unit = units_ == 1 ? count_ : 1;
    for (std::uint32_t i = 0; i < units_; ++i) {
        try {
            open_unit();
        } catch (Refused const&) {
            // Refused twice over: what is said of all goes.
        }
        unpacked();
        if (status != TaskStatus::cancelled) {
            UnitFailure failure;
            failure.status = status;
            failure.text = why;
            add_failure(std::move(failure), per_unit);
        } else {
            close_unit(0, unit_.items);
            rows_.back().status = status;
            weight_done_ = 0;
        }
    }
}

UnitFailure ChunkRun::describe_current() const
{
    UnitFailure failure;
    try {
        throw;
    } catch (Refused const& refused) {
        failure.text = refused.what();
    } catch (std::bad_alloc const&) {
        failure.type = "std::bad_alloc";
        failure.text = "out of memory";
        failure.status = TaskStatus::memory;
    } catch (std::exception const& error) {
        failure.type = demangle(typeid(error).name());
        failure.text = error.what();
    } catch (...) {
        auto const* const type = abi::__cxa_current_exception_type();
        failure.type = type != nullptr ? demangle(type->name()) : "unknown type";
        failure.text = "thrown as an exception, but not derived from std::exception";
    }
    return failure;
}

std::uint64_t ChunkRun::item_index(std::uint32_t item) const
{
    return indices_.empty() ? unit_.index + item : element<std::uint64_t>(indices_, item);
}

double ChunkRun::item_weight(std::uint32_t item) const
{
    return weights_.empty() ? unit_.weight / unit_.items : element<double>(weights_, item);
}

bool ChunkRun::ask_host()
{
    auto const now = base::now();
    if (!stopped_ && now - last_ask_ >= ask_every) stopped_ = host_.interrupted();
    // Calls may take nanoseconds or hours: the stride follows, from one call up.
    auto const elapsed = now - last_ask_;
    stride_ = elapsed < ask_every / 2 ? std::min(2 * stride_, longest_stride)
              : elapsed > ask_every   ? std::max(stride_ / 2, 1U)
                                      : stride_;
    last_ask_ = now;
    if (log_ != nullptr) log_->looked.store(now, std::memory_order_relaxed);
    calls_ = 0;
    next_call_ = stride_;
    return stopped_;
}

void ChunkRun::maybe_flush(double now)
{
    if (done_ != 0 && (now - last_flush_ > flush_after || out_.size() > flush_size ||
                       attached_.owner != nullptr)) {
        host_.flush(*this);
        begin_piece();
        last_flush_ = now;
    }
}

void ChunkRun::begin_piece()
{
    first_ += done_;
    count_ -= done_;
    out_.resize(frame_room);
    grown_.clear();
    growths_.clear();
    rows_.clear();
    failures_.clear();
    operations_.clear();
    uses_.clear();
    told_.clear();
    done_ = 0;
    seconds_ = 0;
    weight_done_ = 0;
}

} // namespace starmap::detail
