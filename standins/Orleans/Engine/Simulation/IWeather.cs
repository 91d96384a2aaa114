namespace Orleans.Engine.Simulation;

/// <summary>How the network between simulated silos behaves at the moment.</summary>
internal interface IWeather
{
    /// <summary>How long the next message takes.</summary>
    TimeSpan Latency();

    /// <summary>True where the next message is lost.</summary>
    bool Loses();
}
