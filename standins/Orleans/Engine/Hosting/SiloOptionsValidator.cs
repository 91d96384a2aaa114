using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Refuses option values that official Orleans refuses.</summary>
internal sealed class SiloOptionsValidator(
    IOptions<ClusterOptions> cluster, IOptions<GrainCollectionOptions> collection, IOptions<SiloMessagingOptions> messaging)
    : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        Require(!string.IsNullOrWhiteSpace(cluster.Value.ClusterId), "ClusterOptions.ClusterId is empty: give the cluster a name.");
        Require(!string.IsNullOrWhiteSpace(cluster.Value.ServiceId), "ClusterOptions.ServiceId is empty: give the service a name.");
        Require(
            collection.Value.CollectionQuantum > TimeSpan.Zero,
            $"GrainCollectionOptions.CollectionQuantum is {collection.Value.CollectionQuantum}: it must be positive.");
        RequireAge("CollectionAge", collection.Value.CollectionAge);
        foreach (var (grainClass, age) in collection.Value.ClassSpecificCollectionAge)
        {
            RequireAge($"ClassSpecificCollectionAge[{grainClass}]", age);
        }

        var timeout = messaging.Value.ResponseTimeout;
        Require(
            timeout > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan,
            $"SiloMessagingOptions.ResponseTimeout is {timeout}: it must be positive.");
    }

    private void RequireAge(string name, TimeSpan age) => Require(
        age > collection.Value.CollectionQuantum || age == Timeout.InfiniteTimeSpan,
        $"GrainCollectionOptions.{name} is {age}: it must be greater than CollectionQuantum, {collection.Value.CollectionQuantum}.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new OrleansConfigurationException(message);
        }
    }
}
