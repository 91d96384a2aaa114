using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

/// <summary>Products of a few rows with a weight matrix, which the shim computes itself in inference mode.</summary>
public sealed class RowProductTests : IDisposable
{
    private static readonly long[] Sizes = [1, 3, 4, 16, 31, 33, 70];

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Every_shape_agrees_with_float64()
    {
        using var inference = inference_mode();
        using var generator = new Generator(3);
        foreach (var rows in new long[] { 1, 2, 5, 16, 32, 33 })
        {
            foreach (var inner in Sizes)
            {
                foreach (var columns in Sizes)
                {
                    // parts of larger tensors: their strides say where the next row is
                    Tensor x = randn(rows + 1, inner + 5, generator: generator).narrow(0, 1, rows).narrow(1, 2, inner);
                    Tensor weight = randn(columns + 2, inner + 3, generator: generator).narrow(0, 1, columns).narrow(1, 1, inner);
                    Tensor added = randn(rows, columns + 1, generator: generator).narrow(1, 1, columns);
                    Tensor bias = randn(columns, generator: generator);
                    Tensor exact = x.to(float64).mm(weight.to(float64).t());
                    var what = $"{rows} × {inner} × {columns}";

                    Same(exact, x.mm(weight.t()), what);
                    Same(exact, x.mm(weight.t().contiguous()), what);
                    Same(exact + added.to(float64), added.addmm(x, weight.t()), what);
                    Same(exact + bias.to(float64), bias.addmm(x, weight.t()), what);
                    Same(exact, nn.functional.linear(x, weight), what);
                    Same(exact + bias.to(float64), nn.functional.linear(x, weight, bias), what);
                }
            }
        }
    }

    [Fact]
    public void Scaled_sums_agree_with_float64()
    {
        using var inference = inference_mode();
        using var generator = new Generator(5);
        Tensor x = randn(3, 20, generator: generator), weight = randn(9, 20, generator: generator), added = randn(3, 9, generator: generator);

        Same((added.to(float64) * 0.5) + (x.to(float64).mm(weight.to(float64).t()) * 3), added.addmm(x, weight.t(), beta: 0.5f, alpha: 3), "β = 0.5, α = 3");
    }

    [Fact]
    public void A_row_gives_the_same_bits_whatever_rows_stand_beside_it()
    {
        using var inference = inference_mode();
        using var generator = new Generator(4);
        Tensor x = randn(16, 45, generator: generator), weight = randn(70, 45, generator: generator);

        Tensor all = x.mm(weight.t());

        for (long row = 0; row < 16; row++)
        {
            Assert.True(x.narrow(0, row, 1).mm(weight.t()).eq(all.narrow(0, row, 1)).all().item<bool>());
        }
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        using var inference = inference_mode();
        Tensor x = ones(2, 3), weight = ones(5, 3);
        weight.select(0, 4).narrow(0, 2, 1).fill_(double.NaN);
        weight.select(0, 0).narrow(0, 0, 1).fill_(double.PositiveInfinity);

        Assert.Equal([float.PositiveInfinity, 3, 3, 3, float.NaN, float.PositiveInfinity, 3, 3, 3, float.NaN], x.mm(weight.t()).data<float>().ToArray());
    }

    [Fact]
    public void Elsewhere_gradients_change_no_bit()
    {
        using var generator = new Generator(6);
        Tensor x = randn(16, 45, generator: generator), weight = randn(70, 45, generator: generator).requires_grad_();

        Tensor tracked = x.mm(weight.t());
        using var untracked = no_grad();

        Assert.True(tracked.eq(x.mm(weight.t())).all().item<bool>());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var inference = inference_mode();
        Assert.ThrowsAny<System.Runtime.InteropServices.ExternalException>(() => ones(2, 3).mm(ones(4, 3)));
    }

    private static void Same(Tensor exact, Tensor product, string what)
    {
        Assert.Equal(exact.shape, product.shape);
        Assert.True(product.to(float64).allclose(exact, rtol: 1e-5, atol: 2e-5), what);
    }
}
