// Products of many small matrices. Without MKL, libtorch 1.13 hands each to the BLAS on its own, which takes longer to begin than to compute;
// in generation, where one query meets the keys of its row, that is a third of a step. MKL, which official builds have, knows batches itself.
#include "reflux_torch.h"

#include <c10/core/GradMode.h>

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
    std::int64_t left_row, right_inner, right_column;
};

// partial sums in a fixed order, so that the bits depend on nothing but the numbers
float dot(const float* left, const float* right, std::int64_t length) {
    float sum = 0;
    for (std::int64_t i = 0; i < length; i++) {
        sum += left[i] * right[i];
    }

    return sum;
}

// eight columns at a time: the sums of eight vectors become one vector in three rounds, instead of eight sums in three rounds each
REFLUX_VECTORISED void by_dot_products(const Product& p) {
    typedef float Lanes __attribute__((vector_size(32)));
    typedef std::int32_t Order __attribute__((vector_size(32)));
    constexpr std::int64_t lanes = 8;
    const auto whole = p.inner / lanes * lanes;
    std::int64_t column = 0;
    for (; column + lanes <= p.columns; column += lanes) {
        for (std::int64_t row = 0; row < p.rows; row++) {
            const float* left = p.left + row * p.left_row;
            const float* right = p.right + column * p.right_column;
            Lanes s[lanes] = {};
            for (std::int64_t i = 0; i < whole; i += lanes) {
                Lanes a, b;
                std::memcpy(&a, left + i, sizeof a);
                for (std::int64_t k = 0; k < lanes; k++) {
                    std::memcpy(&b, right + k * p.right_column + i, sizeof b);
                    s[k] += a * b;
                }
            }

            for (std::int64_t k = 0; k < lanes; k += 2) {
                s[k / 2] = __builtin_shuffle(s[k], s[k + 1], Order{0, 8, 2, 10, 4, 12, 6, 14}) + __builtin_shuffle(s[k], s[k + 1], Order{1, 9, 3, 11, 5, 13, 7, 15});
            }

            for (std::int64_t k = 0; k < lanes / 2; k += 2) {
                s[k / 2] = __builtin_shuffle(s[k], s[k + 1], Order{0, 1, 8, 9, 4, 5, 12, 13}) + __builtin_shuffle(s[k], s[k + 1], Order{2, 3, 10, 11, 6, 7, 14, 15});
            }

            s[0] = __builtin_shuffle(s[0], s[1], Order{0, 1, 2, 3, 8, 9, 10, 11}) + __builtin_shuffle(s[0], s[1], Order{4, 5, 6, 7, 12, 13, 14, 15});
            float* result = p.result + row * p.columns + column;
            std::memcpy(result, &s[0], sizeof s[0]);
            for (std::int64_t k = 0; whole < p.inner && k < lanes; k++) {
                result[k] += dot(left + whole, right + k * p.right_column + whole, p.inner - whole);
            }
        }
    }

    for (; column < p.columns; column++) {
        for (std::int64_t row = 0; row < p.rows; row++) {
            p.result[row * p.columns + column] = dot(p.left + row * p.left_row, p.right + column * p.right_column, p.inner);
        }
    }
}

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
    return plain(left) && plain(right) && left.size(0) == right.size(0) && left.size(2) == right.size(1) && left.size(1) <= most_rows && left.stride(2) == 1
        && (right.stride(1) == 1 || right.stride(2) == 1) && !(c10::GradMode::is_enabled() && (left.requires_grad() || right.requires_grad()));
}

at::Tensor multiply_few_rows(const at::Tensor& left, const at::Tensor& right) {
    const auto batch = left.size(0), rows = left.size(1), inner = left.size(2), columns = right.size(2);
    auto result = at::empty({batch, rows, columns}, left.options());
    const bool dots = right.stride(1) == 1;
    for (std::int64_t i = 0; i < batch; i++) {
        const Product product{
            left.data_ptr<float>() + i * left.stride(0), right.data_ptr<float>() + i * right.stride(0), result.data_ptr<float>() + i * rows * columns,
            rows, inner, columns, left.stride(1), right.stride(1), right.stride(2)};
        dots ? by_dot_products(product) : by_weighted_rows(product);
    }

    return result;
}

}  // namespace

REFLUX_EXPORT Handle reflux_bmm(Handle left, Handle right) {
    return produce([&] { return few_rows_on_the_cpu(*left, *right) ? multiply_few_rows(*left, *right) : at::bmm(*left, *right); });
}
