#pragma once

#include <starmap/detail/bytes.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace starmap::detail {

class ChunkRun;

/// A task type made ready on a worker: the callable and its shared arguments, decoded.
class Kernel {
public:
    virtual ~Kernel() = default;
    /// Runs the units of a chunk. What the callable throws is reported through `run`.
    virtual void run(ChunkRun& run) = 0;
};

using OpenKernel = std::unique_ptr<Kernel> (*)(ByteReader& state);
/// A combining function, cast to its true type by who knows it.
using AnyFunction = void (*)();

/// Tasks are known by their types, on all ranks alike: each type that a program can send is
/// entered here before main, by the static initialisation of the templates that use it.
class Registration {
public:
    Registration(std::type_info const& type, OpenKernel open);
    Registration(std::type_info const& type, AnyFunction function);

    /// Place in the sorted registry, the same on all ranks; valid once freeze_registry() was
    /// called.
    std::uint32_t index() const noexcept { return index_; }

    char const* type;
    OpenKernel open = nullptr;
    AnyFunction function = nullptr;

private:
    friend void freeze_registry();
    std::uint32_t index_ = 0;
};

/// Sorts the registry. Throws UsageError when two different tasks have the same type name.
void freeze_registry();
/// A figure over all registered types, to compare between ranks.
std::uint64_t registry_digest();
std::uint32_t registry_size();
/// Throws ProtocolError for an index that is not there.
Registration const& registered(std::uint32_t index);
/// A type's name as its author wrote it.
std::string demangle(char const* type);

/// Entered in the registry by being used: `registration_of<K>.index()`.
template <class K>
inline Registration const registration_of{typeid(K), &K::open};

} // namespace starmap::detail
