using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Torch;

public sealed class RandomTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string, Func<Generator, Tensor>> Draws => new()
    {
        { "rand", g => rand(100, generator: g) },
        { "randn", g => randn(10, 10, generator: g) },
        { "normal", g => normal(5, 0.1, [100], generator: g) },
        { "normal_", g => empty(100).normal_(0, 2, g) },
        { "uniform_", g => empty(100).uniform_(-1, 1, g) },
        { "randint", g => randint(0, 1000, [100], generator: g) },
        { "randperm", g => randperm(100, generator: g) },
        { "multinomial", g => multinomial(ones(100), 50, generator: g) },
        { "bernoulli", g => bernoulli(full(100, 0.5), g) },
        { "bernoulli_", g => empty(100).bernoulli_(0.5, g) },
    };

    [Theory]
    [MemberData(nameof(Draws))]
    public void A_seed_decides_everything(string name, Func<Generator, Tensor> draw)
    {
        Assert.NotEmpty(name);
        using var first = new Generator(7);
        using var second = new Generator(7);
        using var other = new Generator(8);

        Tensor drawn = draw(first);
        Assert.True(drawn.Equals(draw(second)));
        Assert.False(drawn.Equals(draw(other)));
        Assert.False(drawn.Equals(draw(first)));
        Assert.True(drawn.Equals(draw(first.manual_seed(7))));
    }

    [Fact]
    public void A_generator_does_not_disturb_another_one()
    {
        using var alone = new Generator(1);
        using var beside = new Generator(1);
        using var noise = new Generator(2);
        Tensor expected = cat([rand(5, generator: alone), rand(5, generator: alone)]);

        Tensor first = rand(5, generator: beside);
        randn(50, generator: noise);

        Assert.True(expected.Equals(cat([first, rand(5, generator: beside)])));
    }

    [Fact]
    public void State_is_saved_and_restored()
    {
        using var generator = new Generator(3);
        rand(10, generator: generator);
        Tensor state = generator.get_state();
        Tensor expected = rand(10, generator: generator);

        using var restored = new Generator();
        restored.set_state(state);

        Assert.True(expected.Equals(rand(10, generator: restored)));
        Assert.Equal(3, generator.initial_seed());
    }

    [Fact]
    public void Draws_have_the_distribution_that_they_name()
    {
        using var generator = new Generator(5);
        const int n = 40_000;

        Tensor uniform = rand(n, dtype: float64, generator: generator);
        Assert.Equal(0.5, uniform.mean().item<double>(), 0.01);
        Assert.True(uniform.min().item<double>() >= 0 && uniform.max().item<double>() < 1);

        Tensor gaussian = randn(n, dtype: float64, generator: generator);
        Assert.Equal(0, gaussian.mean().item<double>(), 0.02);
        Assert.Equal(1, gaussian.std().item<double>(), 0.02);

        Tensor drawn = multinomial(Doubles(1, 0, 3), n, replacement: true, generator);
        Equal([0.25, 0, 0.75], drawn.bincount(null, 3).to(float64) / n, 0.01);

        Tensor dice = randint(1, 7, [n], generator: generator);
        Equal([1, 6], stack([dice.min(), dice.max()]));
        Equal([0.3], bernoulli(full(n, 0.3, dtype: float64), generator).mean(), 0.01);
    }

    [Fact]
    public void A_disposed_generator_is_refused()
    {
        var generator = new Generator(1);
        generator.Dispose();

        Assert.Throws<ObjectDisposedException>(() => rand(1, generator: generator));
    }
}
