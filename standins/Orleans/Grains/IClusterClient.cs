namespace Orleans;

/// <summary>A way into the cluster from code that is no grain.</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The services of the client's host.</summary>
    IServiceProvider ServiceProvider { get; }
}
