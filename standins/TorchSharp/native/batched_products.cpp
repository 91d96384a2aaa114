// Products of many small matrices. Without MKL, libtorch 1.13 hands each to the BLAS on its own, which takes longer to begin than to compute;
// in generation, where one query meets the keys of its row, that is a third of a step. MKL, which official builds have, knows batches itself.
#include "row_products.h"

#if defined(__x86_64__) && defined(__gnu_linux__)
#define REFLUX_VECTORISED __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define REFLUX_VECTORISED
#endif

namespace {

using namespace reflux;

// one BLAS call pays from about here
constexpr std::int64_t most_rows = 8;

struct Product {
    const float* left;
    const float* right;
    float* result;
    std::int64_t rows, inner, columns;
    std::int64_t left_row, right_inner;
};

// a block of columns stays in registers over all rows of the right matrix
template <std::int64_t width>
inline __attribute__((always_inline)) void weighted_rows(const Product& p, const float* left, std::int64_t column, float* result) {
    float sums[width] = {};
    for (std::int64_t i = 0; i < p.inner; i++) {
        const float weight = left[i];
        const float* right = p.right + i * p.right_inner + column;
        for (std::int64_t lane = 0; lane < width; lane++) {
            sums[lane] += weight * right[lane];
        }
    }

    std::memcpy(result + column, sums, sizeof sums);
}

REFLUX_VECTORISED void by_weighted_rows(const Product& p) {
    for (std::int64_t row = 0; row < p.rows; row++) {
        const float* left = p.left + row * p.left_row;
        float* result = p.result + row * p.columns;
        std::int64_t column = 0;
        for (; column + 32 <= p.columns; column += 32) {
            weighted_rows<32>(p, left, column, result);
        }

        for (; column < p.columns; column++) {
            weighted_rows<1>(p, left, column, result);
        }
    }
}

bool few_rows_on_the_cpu(const at::Tensor& left, const at::Tensor& right) {
    const auto plain = [](const at::Tensor& x) { return x.dim() == 3 && x.scalar_type() == at::kFloat && x.device().is_cpu() && x.layout() == at::kStrided; };
    return inferring() && plain(left) && plain(right) && left.size(0) == right.size(0) && left.size(2) == right.size(1) && left.size(1) <= most_rows && left.stride(2) == 1
        && (right.stride(1) == 1 || right.stride(2) == 1);
}

at::Tensor multiply_few_rows(const at::Tensor& left, const at::Tensor& right) {
    const auto batch = left.size(0), rows = left.size(1), inner = left.size(2), columns = right.size(2);
    auto result = at::empty({batch, rows, columns}, left.options());
    const bool dots = right.stride(1) == 1;
    for (std::int64_t i = 0; i < batch; i++) {
        const float* from = left.data_ptr<float>() + i * left.stride(0);
        const float* with = right.data_ptr<float>() + i * right.stride(0);
        float* to = result.data_ptr<float>() + i * rows * columns;
        if (dots) {
            multiply_rows({from, with, nullptr, to, rows, inner, columns, left.stride(1), right.stride(2), 0});
        } else {
            by_weighted_rows({from, with, to, rows, inner, columns, left.stride(1), right.stride(1)});
        }
    }

    return result;
}

}  // namespace

REFLUX_EXPORT Handle reflux_bmm(Handle left, Handle right) {
    return produce([&] { return few_rows_on_the_cpu(*left, *right) ? multiply_few_rows(*left, *right) : at::bmm(*left, *right); });
}
