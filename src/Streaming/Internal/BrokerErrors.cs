using Confluent.Kafka;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>What librdkafka's errors mean here: worth another try, or something to say.</summary>
internal static class BrokerErrors
{
    /// <summary>True where the broker, or the way to it, was away: the same request may succeed later. Also where it does not know a topic, which brokers say that have just started.</summary>
    public static bool IsTransient(ErrorCode code) => code is
        ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown
        or ErrorCode.Local_Resolve or ErrorCode.Local_Partial or ErrorCode.Local_WaitCoord or ErrorCode.Local_WaitCache or ErrorCode.Local_Retry or ErrorCode.Local_NodeUpdate
        or ErrorCode.Local_DestroyBroker or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicOrPart
        or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderForPartition or ErrorCode.RequestTimedOut or ErrorCode.BrokerNotAvailable
        or ErrorCode.NetworkException or ErrorCode.GroupLoadInProgress or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup
        or ErrorCode.NotController or ErrorCode.KafkaStorageError or ErrorCode.UnstableOffsetCommit or ErrorCode.ReplicaNotAvailable or ErrorCode.OffsetNotAvailable
        or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.Unknown;

    /// <summary>The typed error for a broker that gave no answer in time.</summary>
    public static RefluxException Unavailable(string address, string what, Error? error, Exception? inner = null) => new(
        ErrorCodes.BrokerUnavailable,
        $"The broker at {address} did not {what} in time{(error is null ? "" : $" ({error.Code}: {error.Reason})")}.",
        "Check that it runs and can be reached; the request can be repeated.",
        inner);

    /// <summary>The typed error for an answer that says no.</summary>
    public static RefluxException Refused(string address, string what, Error error, Exception? inner = null) => new(
        ErrorCodes.BrokerUnavailable,
        $"The broker at {address} did not {what}: {error.Code}: {error.Reason}.",
        "See the broker's log for the reason; authorisation and topic settings are the usual ones.",
        inner);

    /// <summary>The typed error for a read that can't go on.</summary>
    public static RefluxException Reading(string address, string topic, int partition, ConsumeException exception) => exception.Error.Code switch
    {
        // with auto.offset.reset=error every offset that the log lacks ends here
        ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange or ErrorCode.Local_NoOffset => PositionException.Outside(topic, partition, null, exception.Error.Reason),
        _ => Refused(address, $"serve '{topic}' partition {partition}", exception.Error, exception),
    };
}
