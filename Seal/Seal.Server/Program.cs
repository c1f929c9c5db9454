await Yinxin.Seal.Server.SealServerApp.Build(args).RunAsync();
