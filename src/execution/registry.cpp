#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>

#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace starmap::detail {

namespace {

// Filled during static initialisation, in any order, hence inside a function.
std::vector<Registration*>& entries()
{
    static std::vector<Registration*> all;
    return all;
}

} // namespace

Registration::Registration(std::type_info const& info, OpenKernel kernel)
    : type(info.name()),
      open(kernel)
{
    entries().push_back(this);
}

Registration::Registration(std::type_info const& info, AnyFunction any)
    : type(info.name()),
      function(any)
{
    entries().push_back(this);
}

void freeze_registry()
{
    auto& all = entries();
    std::sort(all.begin(), all.end(),
              [](auto const* a, auto const* b) { return std::strcmp(a->type, b->type) < 0; });
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i]->index_ = static_cast<std::uint32_t>(i);
        if (i == 0 || std::strcmp(all[i - 1]->type, all[i]->type) != 0) continue;
        throw UsageError(
            fmt::format("Two tasks of this program have the same name: {} (ranks know "
                        "tasks by the names of their types, and anonymous namespaces of "
                        "different files look alike). Rename one of the two.",
                        demangle(all[i]->type)));
    }
}

std::uint64_t registry_digest()
{
    // FNV-1a, 64 bits, over all names with their final zeros.
    std::uint64_t digest = 0xcbf29ce484222325;
    for (auto const* entry : entries())
        for (auto const c : std::string_view(entry->type, std::strlen(entry->type) + 1)) {
            digest ^= static_cast<unsigned char>(c);
            digest *= 0x100000001b3;
        }
    return digest;
}

std::uint32_t registry_size() { return static_cast<std::uint32_t>(entries().size()); }

Registration const& registered(std::uint32_t index)
{
    if (index >= entries().size())
        throw ProtocolError(fmt::format("Task type {} was asked for, but this program has only {}.",
                                        index, entries().size()));
    return *entries()[index];
}

std::string demangle(char const* type)
{
    int status = 0;
    char* const text = abi::__cxa_demangle(type, nullptr, nullptr, &status);
    if (text == nullptr) return type;
    std::string name(text);
    std::free(text);
    return name;
}

} // namespace starmap::detail
