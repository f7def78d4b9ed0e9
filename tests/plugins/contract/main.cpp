#include <gtest/gtest.h>

#include "plugins/backend.hpp"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  masterkey2::testing::Backend::chosen().read_arguments(argc, argv);
  return RUN_ALL_TESTS();
}
