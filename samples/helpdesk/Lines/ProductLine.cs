namespace Reflux.Samples.Helpdesk.Lines;

/// <summary>The two kinds of traffic: other products, other issues, other vocabulary. Moving from one to the other is the drift of the demo.</summary>
public enum ProductLine
{
    /// <summary>Kitchen appliances.</summary>
    Kitchen,

    /// <summary>Devices of the connected home.</summary>
    Network,
}
