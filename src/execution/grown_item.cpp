#include <starmap/detail/grown_item.hpp>

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>

#include <fmt/format.h>

#include <string_view>

namespace starmap::detail {

namespace {

template <class T, class Wide>
bool read_as(ArgumentRef const& argument, std::optional<AnyNumber>& number)
{
    if (argument.type != typeid(T)) return false;
    number = static_cast<Wide>(*static_cast<T const*>(argument.value));
    return true;
}

template <class Wide, class... T>
bool read_any(ArgumentRef const& argument, std::optional<AnyNumber>& number)
{
    return (read_as<T, Wide>(argument, number) || ...);
}

std::string name_of(std::type_info const& type)
{
    auto name = demangle(type.name());
    constexpr std::string_view text = "std::__cxx11::basic_string<char, std::char_traits<char>, "
                                      "std::allocator<char> >";
    return name == text ? "std::string" : name;
}

} // namespace

void read_number(ArgumentRef const& argument, std::optional<AnyNumber>& number)
{
    static_cast<void>(
        read_any<std::int64_t, int, long, long long, short, signed char, char>(argument, number) ||
        read_any<std::uint64_t, unsigned, unsigned long, unsigned long long, unsigned short,
                 unsigned char, bool>(argument, number) ||
        read_any<long double, double, float, long double>(argument, number));
}

std::optional<std::string> text_in(ArgumentRef const& argument)
{
    if (argument.type == typeid(char const*) || argument.type == typeid(char*))
        return std::string(*static_cast<char const* const*>(argument.value));
    if (argument.type == typeid(std::string_view))
        return std::string(*static_cast<std::string_view const*>(argument.value));
    return std::nullopt;
}

void refuse_argument(std::size_t place, ArgumentRef const& argument, std::type_info const& wanted)
{
    throw UsageError(fmt::format(
        "Argument {} of Emitter::submit is of type {}, or a value of it that does not fit, but the "
        "tasks of this Starmap take {} there. Pass one of that type.",
        place + 1, name_of(argument.type), name_of(wanted)));
}

void refuse_argument_count(std::size_t passed, std::size_t wanted)
{
    throw UsageError(fmt::format("Emitter::submit was given {} argument(s), but the items of this "
                                 "Starmap have {}. Pass what an element of its input has.",
                                 passed, wanted));
}

void refuse_growth_of_apply(Bytes&, std::span<ArgumentRef const>)
{
    throw UsageError("Emitter::submit was called in a task of apply (its tasks are chunks, which "
                     "are cut from the input alone). Use map or starmap for work that grows.");
}

} // namespace starmap::detail
