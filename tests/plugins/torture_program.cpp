#include "plugins/torture.hpp"

int main(int argc, char** argv) { return masterkey2::testing::torture_main(argc, argv); }
