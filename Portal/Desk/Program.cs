await Yinxin.Desk.DeskApp.Build(args).RunAsync();
