#pragma once

#include <boost/archive/detail/basic_iserializer.hpp>
#include <boost/archive/detail/basic_pointer_iserializer.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace starmap::detail {

/// Keeps Boost from believing the numbers of classes and objects that come with pointers: it takes
/// them as indices as they are. This counts along with Boost, and throws ProtocolError for what no
/// archive of ours has written. What it cannot know is which raw pointers a type owns.
class ReadPointers {
    using Serializer = boost::archive::detail::basic_iserializer;
    using PointerSerializer = boost::archive::detail::basic_pointer_iserializer;

public:
    using Finder = PointerSerializer const* (*)(boost::serialization::extended_type_info const&);
    /// Who will free an object.
    enum class Owner : std::uint8_t { nobody, value, unique, shared };

    /// What is being read: set when it begins, and put back when the object goes.
    class Reading {
    public:
        explicit Reading(ReadPointers& pointers) noexcept
            : pointers_(pointers),
              outer_(pointers.now_)
        {
        }
        Reading(Reading const&) = delete;
        Reading& operator=(Reading const&) = delete;
        ~Reading() { pointers_.now_ = outer_; }

    private:
        ReadPointers& pointers_;
        struct Now {
            int class_id = -1;
            Owner owner = Owner::nobody;
            PointerSerializer const* expected = nullptr;
            Finder find = nullptr;
        } outer_;
        friend class ReadPointers;
    };

    /// The class is among those that have a number from now on.
    void note_class(Serializer const& serializer) { number_of(serializer); }
    /// An object of this class begins, in place or behind a pointer that was read just now.
    void begin_object(Serializer const& serializer);
    /// A pointer begins, to this class or one that is derived from it.
    void begin_pointer(PointerSerializer const* expected, Finder find);
    /// The next pointer is read for one of these.
    void expect_owner(Owner owner) noexcept { wanted_ = owner; }

    /// What is read of a pointer.
    void check_class(std::int32_t id);
    void check_class_name(char const* name);
    void check_object(std::uint32_t id);

private:
    struct Object {
        int class_id = -1;
        Owner owner = Owner::nobody;
    };

    int number_of(Serializer const& serializer);
    bool is_known(Serializer const& serializer) const;
    void check_depth();

    Reading::Now now_;
    Owner wanted_ = Owner::nobody;
    std::vector<Serializer const*> classes_; ///< by number, as Boost gives them out
    std::size_t last_ = 0;                   ///< of classes_, that was asked for
    std::vector<Object> objects_;            ///< by number
    char const* outermost_ = nullptr;        ///< frame on the stack
};

} // namespace starmap::detail
