/// A checkpoint of any content. Where the first byte is odd the rest is the file itself, else it is
/// a row of entries, most of them with a true checksum, in a sound database.
#include "journal/checkpoint.hpp"
#include "base/log.hpp"
#include "scratch.hpp"

#include <starmap/error.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <string>

namespace {

using namespace starmap::journal;

Identity identity() { return {.program = "p", .digest = 1, .version = "1", .seed = 42}; }

/// A row of the input: the numbers of an entry, small and large ones.
struct Row {
    std::uint8_t kind;
    std::uint8_t odd; ///< bits: which of the numbers are taken as they are
    std::uint8_t key;
    std::uint8_t size;
    std::int64_t part;
    std::int64_t parts;
    std::int64_t id;
};

void write_entries(std::string const& path, std::span<std::uint8_t const> bytes)
{
    Database database(path);
    database.create();
    database.begin();
    auto const text = identity().text();
    database.append(Kind::identity, 0, 1, {}, std::as_bytes(std::span(text)));
    std::string renumber;
    for (std::int64_t id = 2; bytes.size() >= sizeof(Row); ++id) {
        Row row{};
        std::memcpy(&row, bytes.data(), sizeof row);
        bytes = bytes.subspan(sizeof row);
        auto const data = bytes.first(std::min<std::size_t>(row.size, bytes.size()));
        bytes = bytes.subspan(data.size());
        auto const small = [&](unsigned bit, std::int64_t value) {
            return (row.odd & bit) != 0 ? value : value & 3;
        };
        auto const kind = static_cast<Kind>((row.odd & 1U) != 0 ? row.kind : row.kind % 5);
        database.append(kind, small(2, row.part), small(4, row.parts),
                        {(row.odd & 8U) != 0 ? ~std::uint64_t{0} : row.key % 4U, row.key},
                        std::as_bytes(data));
        if ((row.odd & 16U) != 0)
            renumber += "UPDATE OR IGNORE entry SET id = " + std::to_string(row.id) +
                        " WHERE id = " + std::to_string(id) + ";";
        if ((row.odd & 32U) != 0)
            renumber += "UPDATE entry SET sum1 = 1 WHERE id = " + std::to_string(id) + ";";
    }
    database.commit();
    // What Database cannot do: entries with any number, and false checksums.
    if (renumber.empty()) return;
    sqlite3* raw = nullptr;
    if (sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, "unix-none") == SQLITE_OK)
        sqlite3_exec(raw, ("PRAGMA locking_mode=EXCLUSIVE;" + renumber).c_str(), nullptr, nullptr,
                     nullptr);
    sqlite3_close(raw);
}

void use(std::string const& path)
{
    Checkpoint checkpoint(path, identity(), {.buffer_bytes = 1 << 20});
    if (checkpoint.session() == 0) std::abort();
    for (std::uint64_t key = 0; key < 4; ++key)
        for (std::uint64_t second = 0; second < 256; second += key + 1)
            if (checkpoint.has({key, second})) checkpoint.fetch({key, second});
    checkpoint.each_row([](std::span<starmap::report::TaskRow const>) {});
    try {
        checkpoint.begin_starmap(1, "name", "type");
    } catch (starmap::UsageError const&) {
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static fuzz::Scratch const scratch;
    starmap::base::init_log("off");
    if (size == 0) return 0;
    auto const path = scratch.fresh("kept");
    std::span const rest(data + 1, size - 1);
    if (data[0] % 2 != 0)
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<char const*>(rest.data()),
                   static_cast<std::streamsize>(rest.size()));
    else
        write_entries(path, rest);
    try {
        use(path);
        use(path);
    } catch (starmap::Error const&) {
    }
    return 0;
}
