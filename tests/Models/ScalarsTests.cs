using Reflux.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models.Tests;

/// <summary>Scalars that are held through the native call, and the check that finds those that aren't.</summary>
public sealed class ScalarsTests
{
    [Fact]
    public void Plus_times_and_over_give_the_bits_of_the_operators()
    {
        using var scope = NewDisposeScope();
        foreach (ScalarType dtype in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16 })
        {
            Tensor x = tensor(new[] { 0.1, -0.0, 3e-7, -12345.678, double.PositiveInfinity }, dtype: dtype);
            foreach (double value in new[] { 0.3, -1e-5, 0.0, 1.0 })
            {
                Same(x + value, x.Plus(value));
                Same(x * value, x.Times(value));
                Same(x / value, x.Over(value));
            }

            Same(x + x.flip(0), x.Plus(x.flip(0)));
        }
    }

    [Fact]
    public void A_scalar_that_nothing_holds_is_found()
    {
        string[] found = [.. UnheldScalars.In(typeof(Unheld).Assembly.Location).Where(place => place.StartsWith($"{nameof(Unheld)}.", StringComparison.Ordinal)).Select(place => place.Split(':')[0])];

        Assert.Equal(typeof(Unheld).GetMethods().Where(method => method.DeclaringType == typeof(Unheld)).Select(method => $"{nameof(Unheld)}.{method.Name}").Order(), found.Distinct().Order());
        Assert.DoesNotContain(UnheldScalars.In(typeof(Scalars).Assembly.Location), place => place.StartsWith($"{nameof(Scalars)}.", StringComparison.Ordinal));
    }

    private static void Same(Tensor expected, Tensor actual) =>
        Assert.Equal(Bits(expected), Bits(actual));

    private static long[] Bits(Tensor values) => [.. values.to_type(ScalarType.Float64).data<double>().ToArray().Select(BitConverter.DoubleToInt64Bits)];

    private static class Unheld
    {
        public static Tensor Argument(Tensor x) => x.mul(0.5);

        public static Tensor Sum(Tensor x) => x + x;

        public static Tensor SumInPlace(Tensor x) => x.add_(x);

        public static Tensor Number(Tensor x) => 2 * x;

        public static Tensor Difference(Tensor x) => Scalars.One - x;

        public static Tensor Square(Tensor x) => x.square();

        public static Tensor Range(long count) => arange(Scalars.Zero, Scalars.One, dtype: ScalarType.Int64).narrow(0, 0, count);

        public static Scalar Returned(double value) => value;

        public static Tensor NotDisposed(Tensor x)
        {
            Scalar half = 0.5;
            return x.mul(half).div(half);
        }
    }
}
