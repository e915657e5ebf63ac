# SPDX-License-Identifier: GPL-2.0-only
# Run by the build for arenafuzz_embed(): writes OUT, which defines a text of NAMESPACE for each of PAIRS,
# "NAME,FILE,NAME,FILE...". Of a file everything up to its first empty line, its head, is left out.
string(REPLACE "," ";" pairs "${PAIRS}")
set(source "#include <string_view>\n\nnamespace ${NAMESPACE} {\n")
while(pairs)
  list(POP_FRONT pairs name file)
  file(READ ${file} text)
  string(FIND "${text}" "\n\n" head)
  if(head EQUAL -1)
    message(FATAL_ERROR "${file} has no empty line behind its first comment")
  endif()
  math(EXPR head "${head} + 1")
  string(SUBSTRING "${text}" ${head} -1 text)
  string(APPEND source "\nextern const std::string_view ${name};\n"
         "const std::string_view ${name} = R\"embedded(${text})embedded\";\n")
endwhile()
file(WRITE ${OUT} "${source}\n}  // namespace ${NAMESPACE}\n")
