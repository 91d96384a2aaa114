using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

/// <summary>Products of many small matrices, which the shim computes itself in inference mode where they have few rows.</summary>
public sealed class BatchedProductTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_shape_agrees_with_float64(bool transposed)
    {
        using var inference = inference_mode();
        using var generator = new Generator(3);
        foreach (var rows in new long[] { 1, 2, 8, 9 })
        {
            foreach (var inner in new long[] { 1, 7, 8, 32, 45 })
            {
                foreach (var columns in new long[] { 1, 8, 31, 32, 70 })
                {
                    // parts of larger tensors: their strides say where the next row, column and matrix are
                    Tensor left = randn(5, rows + 1, inner, generator: generator).narrow(1, 1, rows);
                    Tensor right = transposed
                        ? randn(5, columns + 2, inner, generator: generator).narrow(1, 1, columns).transpose(1, 2)
                        : randn(5, inner + 2, columns, generator: generator).narrow(1, 2, inner);

                    Tensor exact = left.to(float64).bmm(right.to(float64));

                    Tensor product = left.bmm(right);
                    Assert.Equal([5, rows, columns], product.shape);
                    Assert.True(product.to(float64).allclose(exact, rtol: 1e-5, atol: 1e-5), $"{rows} × {inner} × {columns}");
                }
            }
        }
    }

    [Fact]
    public void The_same_numbers_give_the_same_bits_wherever_they_stand()
    {
        using var inference = inference_mode();
        using var generator = new Generator(4);
        Tensor left = randn(6, 2, 33, generator: generator), right = randn(6, 33, 40, generator: generator);

        Tensor alone = left.narrow(0, 4, 1).contiguous().bmm(right.narrow(0, 4, 1).contiguous());

        Assert.True(alone.eq(left.bmm(right).narrow(0, 4, 1)).all().item<bool>());
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        using var inference = inference_mode();
        Tensor left = ones(2, 1, 3), right = ones(2, 3, 40);
        right.select(0, 0).select(0, 1).narrow(0, 39, 1).fill_(double.NaN);
        right.select(0, 1).select(0, 2).narrow(0, 0, 1).fill_(double.PositiveInfinity);

        float[] product = left.bmm(right).data<float>().ToArray();

        Assert.True(float.IsNaN(product[39]));
        Assert.Equal(3, product[38]);
        Assert.Equal(float.PositiveInfinity, product[40]);
    }

    [Fact]
    public void Gradients_flow_through_it()
    {
        Tensor left = ones(2, 1, 3).requires_grad_(), right = full(2, 3, 4, 2.0f);

        left.bmm(right).sum().backward();

        Assert.True(left.grad!.eq(8).all().item<bool>());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var inference = inference_mode();
        Assert.ThrowsAny<System.Runtime.InteropServices.ExternalException>(() => ones(2, 1, 3).bmm(ones(2, 4, 3)));
    }
}
