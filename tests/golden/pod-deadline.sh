#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed deadline=yes
#SBATCH --job-name=pod-deadline
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --time=2
apiVersion: batch/v1
kind: Job
metadata:
  name: pod-deadline
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 1
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      activeDeadlineSeconds: 61
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
