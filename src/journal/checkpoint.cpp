#include "journal/checkpoint.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace starmap::journal {

namespace {

/// A batch of this size is worth writing before its time has come.
constexpr std::size_t wake_bytes = std::size_t{4} << 20U;

std::span<std::byte const> bytes_of(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

} // namespace

Checkpoint::~Checkpoint() { end(); }

void Checkpoint::begin_starmap(std::uint32_t number, std::string_view name, std::string_view type)
{
    auto const text = fmt::format("{}\n{}", name, type);
    auto const [at, is_new] = earlier_.starmaps.try_emplace(number, text);
    if (is_new)
        append(Kind::starmap, {0, number}, bytes_of(text));
    else if (at->second != text)
        throw UsageError(fmt::format(
            "Starmap {} of the checkpoint {} is \"{}\", and here it is \"{}\" (a run resumes by "
            "the "
            "same calls in the same order). Run the same program with the same arguments, or give "
            "this run a file of its own by --starmap-checkpoint=FILE.",
            number, path_, at->second.substr(0, at->second.find('\n')), name));
}

std::optional<detail::Bytes> Checkpoint::fetch(ContentHash const& key)
{
    auto const id = earlier_.find(key);
    if (id == 0) return std::nullopt;
    std::unique_lock const lock(database_mutex_);
    try {
        detail::Bytes value;
        if (database_ && read_result(*database_, id, value)) return value;
    } catch (DatabaseError const&) {
        // It was whole when the run began. What cannot be read any more is computed again.
    }
    return std::nullopt;
}

void Checkpoint::each_row(std::function<void(std::span<report::TaskRow const>)> const& visit)
{
    std::vector<report::TaskRow> rows;
    for (auto const id : earlier_.rows) {
        Entry entry;
        std::unique_lock lock(database_mutex_);
        if (!database_->read(id, entry) || !entry.whole) continue;
        rows.resize(entry.data.size() / sizeof(report::TaskRow));
        if (!rows.empty())
            std::memcpy(rows.data(), entry.data.data(), rows.size() * sizeof(report::TaskRow));
        lock.unlock();
        visit(rows);
    }
}

/// Copies into the buffer. Waits where that is full, which ends because the writing thread empties
/// it always, into the file or, after a failure, into nothing.
template <class Add>
void Checkpoint::append(Add add)
{
    if (failed_.load(std::memory_order_relaxed)) return;
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return pending_.size() < options_.buffer_bytes || ending_; });
    if (ending_) return;
    auto const before = pending_.size();
    try {
        add(pending_);
    } catch (std::exception const& error) {
        lock.unlock();
        fail(error.what());
        return;
    }
    auto const worth_writing = std::min(wake_bytes, options_.buffer_bytes);
    if (before < worth_writing && pending_.size() >= worth_writing) wake_.notify_one();
}

void Checkpoint::append(Kind kind, ContentHash const& key, std::span<std::byte const> data)
{
    append([&](Batch& batch) {
        batch.bytes.append(data.data(), data.size());
        batch.entries.push_back({kind, key, data.size()});
    });
}

void Checkpoint::keep(ContentHash const& key, std::span<std::byte const> value)
{
    append(Kind::result, key, value);
}

void Checkpoint::tasks_done(report::StarmapInfo const& starmap, std::span<TaskRecord const> records,
                            double)
{
    if (starmap.is_private) return;
    auto const name = report::to_text<64>(starmap.name);
    append([&](Batch& batch) {
        for (auto const& record : records) batch.rows.push_back(report::to_row(record, name));
    });
}

void Checkpoint::named_tasks_done(report::StarmapInfo const& starmap,
                                  std::span<TaskRecord const> records,
                                  std::span<std::string const> names, double)
{
    if (starmap.is_private) return;
    append([&](Batch& batch) {
        for (std::size_t i = 0; i < records.size(); ++i)
            batch.rows.push_back(report::to_row(records[i], report::to_text<64>(names[i])));
    });
}

void Checkpoint::run_ended(bool) { end(); }

std::string Checkpoint::failure() const
{
    std::unique_lock const lock(mutex_);
    return failure_;
}

void Checkpoint::end() noexcept
{
    {
        std::unique_lock const lock(mutex_);
        ending_ = true;
    }
    wake_.notify_one();
    room_.notify_all();
    if (thread_.joinable()) thread_.join();
    std::unique_lock const lock(database_mutex_);
    database_.reset();
}

/// Ends with the batch that it takes after ending_ was set: nothing is appended from then on.
void Checkpoint::work() noexcept
{
    auto const interval = std::chrono::duration<double>(options_.interval);
    auto const worth_writing = std::min(wake_bytes, options_.buffer_bytes);
    for (bool last = false; !last;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, interval,
                           [&] { return ending_ || pending_.size() >= worth_writing; });
            last = ending_;
            std::swap(pending_, writing_);
        }
        room_.notify_all();
        try {
            if (!failed_ && writing_.size() != 0) write(writing_);
        } catch (std::exception const& error) {
            fail(error.what());
        }
        writing_.entries.clear();
        writing_.bytes.clear();
        writing_.rows.clear();
    }
}

void Checkpoint::write(Batch& batch)
{
    std::unique_lock const lock(database_mutex_);
    database_->begin();
    if (!batch.rows.empty())
        database_->append(Kind::rows, 0, 1, {}, std::as_bytes(std::span(batch.rows)));
    auto bytes = batch.bytes.view();
    for (auto const& [kind, key, size] : batch.entries) {
        auto data = bytes.first(size);
        bytes = bytes.subspan(size);
        auto const most = options_.part_bytes;
        auto const parts = std::max<std::size_t>(1, (size + most - 1) / most);
        for (std::size_t part = 0; part < parts; ++part) {
            auto const piece = data.first(std::min(most, data.size()));
            database_->append(kind, static_cast<std::int64_t>(part),
                              static_cast<std::int64_t>(parts), key, piece);
            data = data.subspan(piece.size());
        }
    }
    database_->commit();
}

void Checkpoint::fail(char const* why) noexcept
try {
    failed_ = true;
    std::unique_lock const lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = fmt::format("Cannot go on writing the checkpoint {} ({}): the run continues, and "
                           "what finishes from now on is lost if it is killed",
                           path_, why);
} catch (std::exception const&) {
    failed_ = true;
}

} // namespace starmap::journal
