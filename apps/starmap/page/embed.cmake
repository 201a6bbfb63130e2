# Makes the page a part of the program: cmake -D FOLDER=page -D OUTPUT=page.cpp -P embed.cmake
# Its style and scripts go into the page, and the page is cut where its data belong.
set(scripts "")
foreach(name IN ITEMS data plot timeline timeline_controls charts tables main)
    file(READ "${FOLDER}/${name}.js" script)
    string(APPEND scripts "${script}\n")
endforeach()
file(READ "${FOLDER}/page.css" style)
file(READ "${FOLDER}/page.html" page)
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPTS@" "${scripts}" page "${page}")
string(FIND "${page}" "@DATA@" place)
if(place EQUAL -1 OR page MATCHES "\\)PAGE\"")
    message(FATAL_ERROR "${FOLDER}/page.html has no @DATA@, or something ends the literal")
endif()
string(SUBSTRING "${page}" 0 ${place} head)
math(EXPR place "${place} + 6")
string(SUBSTRING "${page}" ${place} -1 foot)
file(WRITE "${OUTPUT}" "#include \"report.hpp\"

namespace starmap::command {

std::string_view const page_head = R\"PAGE(${head})PAGE\";
std::string_view const page_foot = R\"PAGE(${foot})PAGE\";

} // namespace starmap::command
")
