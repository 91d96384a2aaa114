using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Carries one side's calls to silos and their answers back.</summary>
internal interface INetwork
{
    /// <summary>The grain classes there are.</summary>
    GrainTypeMap Types { get; }

    /// <summary>The silo that a grain's calls go to now.</summary>
    Silo Locate(GrainId target);

    /// <summary>Takes a call to the silo.</summary>
    void Carry(Silo destination, GrainId target, GrainCall call);

    /// <summary>Takes an answer from the silo back to the caller.</summary>
    void Return(Silo from, GrainCall call, Action settle);
}
