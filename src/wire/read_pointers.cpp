#include <starmap/detail/read_pointers.hpp>

#include <starmap/error.hpp>

#include <boost/serialization/extended_type_info.hpp>

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace starmap::detail {

namespace {

[[noreturn]] void refuse(char const* what, std::int64_t number)
{
    throw ProtocolError(fmt::format("A pointer arrived with {} {}. What was written is not what is "
                                    "read: check that serialize() is the same both ways.",
                                    what, number));
}

/// Values within values, as long lists of pointers are: half of a stack is theirs.
std::ptrdiff_t deepest()
{
    static std::ptrdiff_t const known = [] {
        constexpr rlim_t most = rlim_t{1} << 30;
        rlimit limit{};
        if (::getrlimit(RLIMIT_STACK, &limit) != 0) return std::ptrdiff_t{4} << 20;
        return static_cast<std::ptrdiff_t>(std::min(limit.rlim_cur, most) / 2);
    }();
    return known;
}

} // namespace

/// Two of one class may be two objects, in two shared libraries.
bool ReadPointers::is_known(Serializer const& serializer) const
{
    return std::any_of(classes_.begin(), classes_.end(),
                       [&](auto const* each) { return each->get_eti() == serializer.get_eti(); });
}

int ReadPointers::number_of(Serializer const& serializer)
{
    if (last_ < classes_.size() && classes_[last_] == &serializer) return static_cast<int>(last_);
    auto const found = std::find_if(classes_.begin(), classes_.end(), [&](auto const* each) {
        return each == &serializer || each->get_eti() == serializer.get_eti();
    });
    last_ = static_cast<std::size_t>(found - classes_.begin());
    if (found == classes_.end()) classes_.push_back(&serializer);
    return static_cast<int>(last_);
}

void ReadPointers::check_depth()
{
    auto const* const frame = static_cast<char const*>(__builtin_frame_address(0));
    if (outermost_ == nullptr) outermost_ = frame;
    auto const depth = std::abs(outermost_ - frame);
    if (depth > deepest())
        throw ProtocolError(fmt::format("A value arrived that lies so deep within others that {} "
                                        "bytes of the stack are used for reading it. Write a long "
                                        "list element by element, or raise ulimit -s.",
                                        depth));
}

void ReadPointers::begin_object(Serializer const& serializer)
{
    check_depth();
    now_ = {.class_id = number_of(serializer), .owner = Owner::value};
}

void ReadPointers::begin_pointer(PointerSerializer const* expected, Finder find)
{
    check_depth();
    now_ = {.class_id = -1,
            .owner = std::exchange(wanted_, Owner::nobody),
            .expected = expected,
            .find = find};
}

void ReadPointers::check_class(std::int32_t id)
{
    constexpr std::int32_t null = -1;
    auto const known = static_cast<std::int32_t>(classes_.size());
    if (id == null) return;
    if (id >= 0 && id < known) {
        if (classes_[static_cast<std::size_t>(id)]->get_bpis_ptr() == nullptr)
            refuse("a class that no pointer has, number", id);
        now_.class_id = id;
        return;
    }
    // A new one, whose name comes next.
    if (id != known ||
        (now_.expected != nullptr && !now_.expected->get_basic_serializer().is_polymorphic()))
        refuse("a class that is not known, number", id);
}

void ReadPointers::check_class_name(char const* name)
{
    auto const* const type = boost::serialization::extended_type_info::find(name);
    auto const* const found = type != nullptr && now_.find != nullptr ? now_.find(*type) : nullptr;
    if (found == nullptr)
        throw ProtocolError(fmt::format("A pointer arrived to a class \"{:.60}\", which this "
                                        "program does not know. Export it (BOOST_CLASS_EXPORT).",
                                        name));
    auto const& serializer = found->get_basic_serializer();
    if (is_known(serializer)) refuse("a second number for a class, after", now_.class_id);
    now_.class_id = number_of(serializer);
}

void ReadPointers::check_object(std::uint32_t id)
{
    if (id == objects_.size()) {
        objects_.push_back({.class_id = now_.class_id, .owner = now_.owner});
        return;
    }
    if (id > objects_.size()) refuse("an object that has not come yet, number", id);
    auto& object = objects_[id];
    if (object.class_id != now_.class_id) refuse("an object of another class, number", id);
    if (now_.owner != Owner::unique && now_.owner != Owner::shared) return;
    // Each would free it.
    if (object.owner != Owner::nobody &&
        !(object.owner == Owner::shared && now_.owner == Owner::shared))
        refuse("an object that has an owner, number", id);
    object.owner = now_.owner;
}

} // namespace starmap::detail
