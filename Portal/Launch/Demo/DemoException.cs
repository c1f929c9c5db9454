namespace Yinxin.Launch.Demo;

/// <summary>A step of the demo did not show what it should have; the message says where and what was there instead.</summary>
internal sealed class DemoException(string message) : Exception(message);
