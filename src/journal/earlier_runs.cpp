#include "journal/earlier_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace starmap::journal {

namespace {

// Ids behind an unreadable place that are tried one by one: far more than a page holds.
constexpr std::int64_t most_tries = 1 << 16;

constexpr auto last_id = std::numeric_limits<std::int64_t>::max();

std::string text_of(std::span<std::byte const> data)
{
    return {reinterpret_cast<char const*>(data.data()), data.size()};
}

std::string_view line_of(std::string_view& text)
{
    auto const line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    return line;
}

std::uint64_t number_of(std::string_view text)
{
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

std::string Identity::text() const
{
    return fmt::format("{}\n{}\n{}\n{}\n", program, digest, version, seed);
}

Identity Identity::from(std::string_view text)
{
    Identity identity;
    identity.program = line_of(text);
    identity.digest = number_of(line_of(text));
    identity.version = line_of(text);
    identity.seed = number_of(line_of(text));
    return identity;
}

void EarlierRuns::read(Database& database)
{
    Entry entry;
    std::int64_t next = 1;
    std::int64_t tries = 0; // since the last entry that could be read
    for (;;) {
        bool found = false;
        try {
            // Behind an unreadable place a scan would meet it again: ids are tried one by one.
            found = tries == 0 ? database.read_from(next, entry) : database.read(next, entry);
        } catch (DatabaseError const& error) {
            if (!error.is_damage()) throw;
            if (tries == 0) ++damaged_;
            if (++tries > most_tries || next == last_id) return;
            ++next;
            continue;
        }
        if (!found) {
            if (tries == 0 || ++tries > most_tries || next == last_id) return;
            ++next;
            continue;
        }
        tries = 0;
        if (take(entry))
            whole.push_back(entry.id);
        else
            ++damaged_;
        if (entry.id == last_id) return;
        next = entry.id + 1;
    }
}

bool EarlierRuns::take(Entry const& entry)
{
    auto const continues = entry.part != 0 && entry.part == open_next_ && entry.key == open_key_ &&
                           entry.id == open_id_ + entry.part;
    open_next_ = 0;
    if (!entry.whole) return false;
    switch (entry.kind) {
    case Kind::identity: identity = text_of(entry.data); break;
    case Kind::starmap: starmaps[entry.key.second] = text_of(entry.data); break;
    case Kind::session:
        sessions = std::max(sessions, entry.key.second);
        ++fruitless;
        break;
    case Kind::rows: rows.push_back(entry.id); break;
    case Kind::result:
        if (entry.part == 0) {
            open_key_ = entry.key;
            open_id_ = entry.id;
        } else if (!continues) {
            return false;
        }
        open_next_ = entry.part + 1;
        if (open_next_ == entry.parts && results_.emplace(open_key_, open_id_).second)
            fruitless = 0;
        break;
    }
    return true;
}

std::int64_t EarlierRuns::find(ContentHash const& key) const
{
    auto const found = results_.find(key);
    return found == results_.end() ? 0 : found->second;
}

bool read_result(Database& database, std::int64_t id, detail::Bytes& out)
{
    out.clear();
    Entry entry;
    for (std::int64_t part = 0, parts = 1; part < parts; ++part) {
        if (part > last_id - id) return false;
        if (!database.read(id + part, entry) || !entry.whole || entry.part != part) return false;
        parts = entry.parts;
        out.append(entry.data.data(), entry.data.size());
    }
    return true;
}

} // namespace starmap::journal
