// expect: An item or argument must have a default constructor (it is received into a fresh object).
// Give its type one.
#include <starmap/starmap.hpp>

#include <string>
#include <vector>

struct Named {
    explicit Named(std::string text) : name(std::move(text)) {}
#ifdef CONTROL
    Named() = default;
#endif
    std::string name;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name;
    }
};

std::size_t length(Named const& named) { return named.name.size(); }

std::size_t sum(starmap::Session& session, std::vector<Named> const& items)
{
    return session.map(starmap::fn<length>, items).reduce();
}
