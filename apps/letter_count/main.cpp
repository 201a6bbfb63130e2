/// Counts the letters a to z, without regard to case, in the files it is given. All other
/// characters are passed over.
#include "text_pieces.hpp"

#include <starmap/starmap.hpp>

#include <iostream>
#include <string>
#include <vector>

using Counter = starmap::AccumDict<char, long>;

Counter count_letters(std::string const& text)
{
    Counter counts;
    for (char const letter : text) {
        if (letter >= 'a' && letter <= 'z') ++counts[letter];
        if (letter >= 'A' && letter <= 'Z') ++counts[static_cast<char>(letter - 'A' + 'a')];
    }
    return counts;
}

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        if (argc < 2) {
            std::cerr << "usage: letter_count FILE...\n";
            return 2;
        }
        TextPieces pieces({argv + 1, argv + argc});
        auto const size = [](std::string const& piece) {
            return static_cast<double>(piece.size());
        };
        auto const counts =
            session.map(starmap::fn<count_letters>, pieces, {.weight = size}).reduce();
        if (pieces.bytes() == 0) {
            std::cerr << "letter_count: there is nothing to count (all files are empty)\n";
            return 1;
        }
        for (auto const& [letter, count] : counts) std::cout << letter << ' ' << count << '\n';
        return 0;
    });
}
