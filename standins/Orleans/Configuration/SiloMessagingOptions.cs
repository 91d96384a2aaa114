namespace Orleans.Configuration;

/// <summary>How calls that start inside a silo are made.</summary>
public class SiloMessagingOptions : MessagingOptions;
