using Orleans.Engine.Simulation;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>How slow and how lossy this seed's world is; calm once the faults are over.</summary>
internal sealed class Weather : IWeather
{
    private readonly Random _random;
    private readonly double _slowness;
    private readonly double _loss;

    public Weather(Random random)
    {
        _random = random;
        _slowness = 2 + (random.NextDouble() * 60);
        _loss = random.NextDouble() * 0.04;
    }

    /// <summary>No message is lost any more, no disk or broker refuses.</summary>
    public bool Calm { get; set; }

    public TimeSpan Latency() => Within(Calm ? 3 : _slowness);

    public bool Loses() => Chance(_loss);

    /// <summary>Up to so many milliseconds; now and then ten times as long.</summary>
    public TimeSpan Within(double milliseconds) =>
        TimeSpan.FromMilliseconds(0.05 + (_random.NextDouble() * milliseconds * (!Calm && _random.Next(50) == 0 ? 10 : 1)));

    /// <summary>True with this probability, and never in calm weather.</summary>
    public bool Chance(double probability) => !Calm && _random.NextDouble() < probability;
}
